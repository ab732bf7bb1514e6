/**
 * Pictures side by side with captions, and such rows under each other, for people to look at. Geometry only: what
 * the pictures show (labels as grey levels, noise) is up to the caller.
 */

import { drawText, GLYPH_HEIGHT, textWidth } from './font.js';
import { type Image, makeImage, toRgb } from './image.js';

export interface Column {
  readonly caption: string;
  readonly image: Image;
}

export interface PanelOptions {
  /** Whole factor by which the pictures are enlarged; default: the smallest that makes the narrowest 128 pixels wide. */
  readonly enlarge?: number;
}

/** Distances between pictures and around the sheet, in pixels. */
const MARGIN = 6;
const LEGIBLE_WIDTH = 128;
/** Captions grow with the pictures: by one for each so many pixels of height. */
const PICTURE_HEIGHT_PER_TEXT_FACTOR = 256;
const PAPER = 255;
const INK = 40;

/** A row of pictures on white, aligned at the top, each centred under its caption. */
export function panel(columns: readonly Column[], options: PanelOptions = {}): Image {
  const narrowest = Math.min(...columns.map(({ image }) => image.width));
  const factor = options.enlarge ?? Math.max(1, Math.ceil(LEGIBLE_WIDTH / narrowest));
  const pictures = columns.map(({ image }) => enlarge(toRgb(image), factor));
  const pictureHeight = Math.max(...pictures.map(({ height }) => height));
  const textFactor = Math.max(1, Math.round(pictureHeight / PICTURE_HEIGHT_PER_TEXT_FACTOR));
  const captions = columns.map(({ caption }) => enlarge(textImage(caption), textFactor));
  const widths = pictures.map(({ width }, i) => Math.max(width, captions[i].width));
  const top = MARGIN + GLYPH_HEIGHT * textFactor + MARGIN;
  const sheet = whiteSheet(
    top + pictureHeight + MARGIN,
    widths.reduce((sum, width) => sum + width + MARGIN, MARGIN),
  );
  let left = MARGIN;
  widths.forEach((width, i) => {
    paste(sheet, captions[i], left + Math.floor((width - captions[i].width) / 2), MARGIN);
    paste(sheet, pictures[i], left + Math.floor((width - pictures[i].width) / 2), top);
    left += width + MARGIN;
  });
  return sheet;
}

/** Sheets under each other on white, aligned at the left. */
export function stack(sheets: readonly Image[]): Image {
  const height = sheets.reduce((sum, sheet) => sum + sheet.height, 0);
  const whole = whiteSheet(height, Math.max(...sheets.map(({ width }) => width)));
  let top = 0;
  for (const sheet of sheets) {
    paste(whole, sheet, 0, top);
    top += sheet.height;
  }
  return whole;
}

function whiteSheet(height: number, width: number): Image {
  const sheet = makeImage(height, width, 3);
  sheet.data.fill(PAPER);
  return sheet;
}

function textImage(text: string): Image {
  const image = whiteSheet(GLYPH_HEIGHT, textWidth(text));
  drawText(image, text, 0, 0, INK);
  return image;
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
