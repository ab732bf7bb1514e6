/** A part of an image. */

/** Part of an image: rows top .. bottom - 1, columns left .. right - 1. */
export interface Window {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}
