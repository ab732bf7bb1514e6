/** A rectangular part of an image. */

/** Rows top .. bottom - 1 and columns left .. right - 1 of an image. */
export interface Window {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}
