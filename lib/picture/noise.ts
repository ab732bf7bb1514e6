/**
 * Additive white Gaussian noise, the degradation that denoisers are trained and tested on (section 4.2.2).
 * The noise is the target of the network. Nothing is clipped: a clipped input would reveal a part of the
 * noise.
 */

import type { Rng } from '../core/rng.js';

/** Noise levels of training, in grey levels (section 4.2.2). */
const LARGEST_SIGMA = 55;

/** Adds noise for training and calibrating a denoiser; its sigma is drawn from 0..55. */
export function addTrainingNoise(
  clean: Float32Array,
  random: Rng,
): { input: Float32Array; noise: Float32Array } {
  const sigma = LARGEST_SIGMA * random.uniform();
  return addNoise(clean, sigma, random);
}

/** The input [H,W,C] without the noise [H,W,C] that was found in it, within 0..1. */
export function removeNoise(noisy: Float32Array, noise: Float32Array): Float32Array {
  return noisy.map((value, i) => Math.min(1, Math.max(0, value - noise[i])));
}

/**
 * Adds noise of `sigma` grey levels (0..255) to an input [H,W,C] in 0..1; both results are [H,W,C], float32.
 */
export function addNoise(
  clean: Float32Array,
  sigma: number,
  random: Rng,
): { input: Float32Array; noise: Float32Array } {
  const noise = Float32Array.from(clean, () => (sigma / 255) * random.normal());
  return { input: clean.map((value, i) => value + noise[i]), noise };
}
