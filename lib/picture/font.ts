/**
 * A small bitmap font for captions in pictures: capitals, digits and some signs, 5x7 pixels. Each
 * glyph is seven rows, each row a base-32 digit whose five bits are the pixels from left to right.
 */

import type { Image } from './image.js';

export const GLYPH_HEIGHT = 7;
const GLYPH_WIDTH = 5;
const ADVANCE = GLYPH_WIDTH + 1;

// biome-ignore format: a table
const GLYPHS: Readonly<Record<string, string>> = {
  A: 'ehhvhhh', B: 'uhhuhhu', C: 'fgggggf', D: 'uhhhhhu', E: 'vgguggv', F: 'vgguggg',
  G: 'fggnhhf', H: 'hhhvhhh', I: 'e44444e', J: '72222ic', K: 'hikokih', L: 'ggggggv',
  M: 'hrllhhh', N: 'hppljjh', O: 'ehhhhhe', P: 'uhhuggg', Q: 'ehhhlid', R: 'uhhukih',
  S: 'fgge11u', T: 'v444444', U: 'hhhhhhe', V: 'hhhhaa4', W: 'hhhllrh', X: 'haa4aah',
  Y: 'haa4444', Z: 'v1248gv', 0: 'ehjlphe', 1: '4c4444e', 2: 'eh1248v', 3: 'u11e11u',
  4: '26aiv22', 5: 'vgu11he', 6: 'egguhhe', 7: 'v124488', 8: 'ehhehhe', 9: 'ehhf11e',
  '.': '00000cc', ',': '0000c48', ':': '0cc0cc0', '-': '000e000', '+': '044v440', '=': '00v0v00',
  '/': '11248gg', '(': '2488842', ')': '8422248', '%': 'pp248jj', _: '000000v', '*': '04lel40',
  '<': '0248420', '>': '0842480', '?': 'eh12404', '!': '4444404', "'": '4480000', '#': 'aavavaa',
};

/** Width of a text in pixels. */
export function textWidth(text: string): number {
  return Math.max(0, text.length * ADVANCE - 1);
}

/** Draws a text into a picture in one grey level; small letters become capitals, unknown signs blanks. */
export function drawText(image: Image, text: string, left: number, top: number, level: number): void {
  [...text.toUpperCase()].forEach((letter, position) => {
    const rows = GLYPHS[letter] ?? '';
    for (const [y, digit] of [...rows].entries()) {
      const pixels = Number.parseInt(digit, 32);
      for (let x = 0; x < GLYPH_WIDTH; x++) {
        if (pixels & (1 << (GLYPH_WIDTH - 1 - x)))
          setPixel(image, left + position * ADVANCE + x, top + y, level);
      }
    }
  });
}

function setPixel({ height, width, channels, data }: Image, x: number, y: number, level: number): void {
  if (x < 0 || y < 0 || x >= width || y >= height) return;
  const start = (y * width + x) * channels;
  data.fill(level, start, start + channels);
}
