/**
 * What the bench and its peers tell each other: a peer is a process that reads one job from a file and prints
 * one answer. The form of both is that of torch_peer.py; the JavaScript peers write their
 * output besides.
 */

import * as z from 'zod/mini';
import { DataError } from '../../lib/core/error.js';

/** A work by the name that peers know it by. */
export type PeerWork =
  | { readonly work: 'conv'; readonly channels: number; readonly size: number }
  | { readonly work: 'forward' | 'bytes' | 'trainStep'; readonly height: number; readonly width: number }
  | {
      readonly work: 'simulate' | 'asf';
      readonly height: number;
      readonly width: number;
      readonly steps: number;
    };

export interface PeerJob {
  /** A model file; convolutions need none. */
  readonly model?: string;
  readonly works: readonly PeerWork[];
  /** A file of float32, little-endian, [H,W,C]. */
  readonly image?: string;
  /** A file of class ids, a byte each, [H,W]. */
  readonly label?: string;
  readonly threads: number;
  readonly repeats: number;
  readonly budgetSeconds: number;
  /** The folder whose node_modules holds the JavaScript peers. */
  readonly modules?: string;
  /** Where JavaScript peers write their first result: float32, [H,W,C]. */
  readonly output?: string;
}

const answerSchema = z.object({
  torch: z.optional(z.string()),
  version: z.optional(z.string()),
  threads: z.number(),
  results: z
    .array(
      z.object({
        seconds: z.array(z.number().check(z.positive())).check(z.minLength(1)),
        checksum: z.object({ output: z.optional(z.number()), loss: z.optional(z.number()) }),
      }),
    )
    .check(z.minLength(1)),
});

export type PeerAnswer = z.infer<typeof answerSchema>;

/** The answer in a peer's output: its last line. DataError where it is none. */
export function readAnswer(text: string, peer: string): PeerAnswer {
  const line = text.trimEnd().split('\n').at(-1)!;
  try {
    return answerSchema.parse(JSON.parse(line));
  } catch {
    throw new DataError(`${peer}: expected a JSON answer, got "${line.slice(0, 80)}"`);
  }
}

/** 0, 1/251, .. 250/251, 0, ..: the values that all peers make for themselves. */
export function ramp(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => (i % 251) / 251);
}

/** The sum of |x|. */
export function magnitude(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += Math.abs(value);
  return sum;
}

/** float32 values as the bytes of a file (little-endian, as every machine that Node runs WebAssembly on). */
export function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** The values in the bytes of a file. */
export function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}
