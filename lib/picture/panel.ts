/**
 * Sheets of pictures for people: rows of pictures with captions, and rows one below the other. Geometry only:
 * what the pictures show (labels as grey levels, noise) is up to the caller.
 */

import { GLYPH_HEIGHT } from './font.js';
import { type Image, toRgb } from './image.js';
import { enlarge, paste, textImage, whiteSheet } from './sheet.js';

export interface Column {
  readonly caption: string;
  readonly image: Image;
}

export interface PanelOptions {
  /**
   * Whole factor by which the pictures are enlarged; default:
   * the smallest that makes the narrowest 128 pixels wide.
   */
  readonly enlarge?: number;
}

/** Distances between pictures and around the sheet, in pixels. */
const MARGIN = 6;
const LEGIBLE_WIDTH = 128;
/** Captions grow with the pictures: a factor for each of these pixels of height. */
const PICTURE_HEIGHT_PER_TEXT_FACTOR = 256;

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

/** Sheets one below the other on white, aligned at the left. */
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
