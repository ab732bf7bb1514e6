/** Pictures side by side with captions, for people to look at. */

import { drawText, GLYPH_HEIGHT, textWidth } from './font.js';
import { type Image, makeImage, toRgb } from './image.js';

export interface Column {
  readonly caption: string;
  readonly image: Image;
}

const MARGIN = 6;
const PAPER = 255;
const INK = 40;

/** A row of pictures on white, each under its caption; small ones are enlarged by whole factors to `minWidth`. */
export function panel(columns: readonly Column[], minWidth = 128): Image {
  const cells = columns.map(({ caption, image }) => {
    const picture = enlarge(toRgb(image), Math.max(1, Math.ceil(minWidth / image.width)));
    return { caption, picture, width: Math.max(picture.width, textWidth(caption)) };
  });
  const top = MARGIN + GLYPH_HEIGHT + MARGIN;
  const height = top + Math.max(...cells.map(({ picture }) => picture.height)) + MARGIN;
  const width = MARGIN + cells.reduce((sum, cell) => sum + cell.width + MARGIN, 0);
  const sheet = makeImage(height, width, 3);
  sheet.data.fill(PAPER);
  let left = MARGIN;
  for (const { caption, picture, width: cellWidth } of cells) {
    drawText(sheet, caption, left, MARGIN, INK);
    paste(sheet, picture, left, top);
    left += cellWidth + MARGIN;
  }
  return sheet;
}

/** Panels of equal or different widths under each other. */
export function stack(rows: readonly Image[]): Image {
  const sheet = makeImage(
    rows.reduce((sum, row) => sum + row.height, 0),
    Math.max(...rows.map((row) => row.width)),
    3,
  );
  sheet.data.fill(PAPER);
  let top = 0;
  for (const row of rows) {
    paste(sheet, toRgb(row), 0, top);
    top += row.height;
  }
  return sheet;
}

function enlarge(image: Image, factor: number): Image {
  if (factor === 1) return image;
  const { height, width, channels, data } = image;
  const large = makeImage(height * factor, width * factor, channels);
  for (let y = 0; y < large.height; y++) {
    for (let x = 0; x < large.width; x++) {
      const source = (Math.floor(y / factor) * width + Math.floor(x / factor)) * channels;
      large.data.set(data.subarray(source, source + channels), (y * large.width + x) * channels);
    }
  }
  return large;
}

function paste(sheet: Image, picture: Image, left: number, top: number): void {
  const row = 3 * picture.width;
  for (let y = 0; y < picture.height; y++) {
    sheet.data.set(picture.data.subarray(y * row, (y + 1) * row), ((top + y) * sheet.width + left) * 3);
  }
}
