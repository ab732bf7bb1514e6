/**
 * Between the layouts of files (PyTorch's: activations [C,H,W], weights OIHW and IOHW) and those of memory
 * (activations [H,W,C], weights packed [ky,kx,I,O]). All of it is one operation, a permutation of axes;
 * nothing here runs inside a hot loop.
 */

import { checkLength, type Shape, sizeOf } from '../core/shape.js';

/** A copy of data [shape] whose axis k is the source's axis axes[k]. */
export function permute(data: Float32Array, shape: Shape, axes: readonly number[]): Float32Array {
  checkLength('permute', data, shape);
  const result = axes.map((axis) => shape[axis]);
  const walks = axes.map((axis, k) => ({
    extent: shape[axis],
    from: sizeOf(shape.slice(axis + 1)),
    to: sizeOf(result.slice(k + 1)),
  }));
  const inner = walks.pop() ?? { extent: 1, from: 1, to: 1 };
  walks.sort((a, b) => b.from - a.from); // neighbours in the source are read one soon after the other
  const target = new Float32Array(data.length);
  const index = walks.map(() => 0);
  for (let done = 0, from = 0, to = 0; done < target.length; done += inner.extent) {
    for (let i = 0; i < inner.extent; i++) target[to + i * inner.to] = data[from + i * inner.from];
    for (let k = walks.length - 1; k >= 0; k--) {
      const walk = walks[k];
      from += walk.from;
      to += walk.to;
      if (++index[k] < walk.extent) break;
      from -= walk.from * walk.extent;
      to -= walk.to * walk.extent;
      index[k] = 0;
    }
  }
  return target;
}

/** Convolution weights OIHW -> [ky,kx,I,O]; `shape` is that of the source. */
export function packConv(weight: Float32Array, shape: Shape): Float32Array {
  return permute(weight, shape, [2, 3, 1, 0]);
}

/** Convolution weights [ky,kx,I,O] -> OIHW; `shape` is that of the result. */
export function unpackConv(packed: Float32Array, shape: Shape): Float32Array {
  const [o, i, ky, kx] = shape;
  return permute(packed, [ky, kx, i, o], [3, 2, 0, 1]);
}

/** Transposed-convolution weights IOHW -> [ky,kx,I,O]; `shape` is that of the source. */
export function packConvTranspose(weight: Float32Array, shape: Shape): Float32Array {
  return permute(weight, shape, [2, 3, 0, 1]);
}

/** Transposed-convolution weights [ky,kx,I,O] -> IOHW; `shape` is that of the result. */
export function unpackConvTranspose(packed: Float32Array, shape: Shape): Float32Array {
  const [i, o, ky, kx] = shape;
  return permute(packed, [ky, kx, i, o], [2, 3, 0, 1]);
}

/** Activations [H,W,C] -> [C,H,W]. */
export function toChw(data: Float32Array, height: number, width: number, channels: number): Float32Array {
  return permute(data, [height, width, channels], [2, 0, 1]);
}

/** Activations [C,H,W] -> [H,W,C]. */
export function toHwc(data: Float32Array, channels: number, height: number, width: number): Float32Array {
  return permute(data, [channels, height, width], [1, 2, 0]);
}
