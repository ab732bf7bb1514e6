/** An image as a network reads it, with its size. Pictures of bytes are in picture/image.ts. */

export interface FloatImage {
  /** [H,W,C], usually 0..1 */
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}
