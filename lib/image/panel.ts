/** placeholder */
import { type Image, makeImage, toRgb } from './image.js';
export function panel(columns: readonly { caption: string; image: Image }[]): Image {
  return columns.length ? toRgb(columns.at(-1)!.image) : makeImage(1, 1, 3);
}
