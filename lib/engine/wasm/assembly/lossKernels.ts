/**
 * Cross-entropy (Eq. 11) and mean absolute error (Eq. 12) in float64, with the exp and log of
 * lib/core/elementary.ts, operation by operation.
 */

import { VOID_LABEL } from '../constants';
import { nextTask, ownScratch } from './tasks';

const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
const SQRT_HALF: f64 = 0.7071067811865476;

function exp(x: f64): f64 {
  if (x != x) return x;
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019412) return 0;
  const k = floor<f64>(x / (LN2_HIGH + LN2_LOW) + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum: f64 = 1.0 / 87178291200.0;
  sum = sum * r + 1.0 / 6227020800.0;
  sum = sum * r + 1.0 / 479001600.0;
  sum = sum * r + 1.0 / 39916800.0;
  sum = sum * r + 1.0 / 3628800.0;
  sum = sum * r + 1.0 / 362880.0;
  sum = sum * r + 1.0 / 40320.0;
  sum = sum * r + 1.0 / 5040.0;
  sum = sum * r + 1.0 / 720.0;
  sum = sum * r + 1.0 / 120.0;
  sum = sum * r + 1.0 / 24.0;
  sum = sum * r + 1.0 / 6.0;
  sum = sum * r + 0.5;
  sum = sum * r + 1.0;
  sum = sum * r + 1.0;
  const half = floor<f64>(k / 2);
  return sum * powerOfTwo(half) * powerOfTwo(k - half);
}

// @ts-ignore: decorator
@inline
function powerOfTwo(k: f64): f64 {
  return reinterpret<f64>((<i64>k + 1023) << 52);
}

/** log of a normal positive number: a sum of exponentials of which one is 1 is never below 1. */
function log(x: f64): f64 {
  if (!(x < Infinity)) return x;
  const bits = reinterpret<u64>(x);
  let exponent = <f64>(<i32>(bits >> 52) - 1022);
  let mantissa = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3fe0000000000000);
  if (mantissa < SQRT_HALF) {
    mantissa *= 2;
    exponent -= 1;
  }
  const f = (mantissa - 1) / (mantissa + 1);
  const square = f * f;
  let series: f64 = 0;
  for (let n = 23; n >= 3; n -= 2) series = (series + 1 / <f64>n) * square;
  return exponent * LN2_HIGH + (2 * f + (2 * f * series + exponent * LN2_LOW));
}

/**
 * The loss of each pixel (f64 [pixels]), and the gradient with respect to the logits [pixels,K] of the mean
 * over the `counted` pixels that are not void; a task is `chunk` pixels.
 */
export function softmaxCrossEntropy(
  tasks: u32,
  gradLogits: usize,
  losses: usize,
  logits: usize,
  labels: usize,
  pixels: u32,
  counted: u32,
  classes: u32,
  chunk: u32,
  scratch: usize,
  scratchSize: usize,
): void {
  const exponentials = ownScratch(scratch, scratchSize);
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const end = min(pixels, (task + 1) * chunk);
    for (let p = task * chunk; p < end; p++) {
      const row = <usize>p * classes * 4;
      const label = <u32>load<u8>(labels + p);
      const loss = pixelLoss(gradLogits + row, logits + row, label, counted, classes, exponentials);
      store<f64>(losses + (<usize>p << 3), loss);
    }
  }
}

function pixelLoss(gradient: usize, logits: usize, label: u32, counted: u32, classes: u32, exponentials: usize): f64 {
  if (label == VOID_LABEL) {
    memory.fill(gradient, 0, <usize>classes << 2);
    return 0;
  }
  let largest = load<f32>(logits);
  for (let k: u32 = 1; k < classes; k++) {
    const logit = load<f32>(logits + (<usize>k << 2));
    if (logit > largest) largest = logit;
  }
  let sum: f64 = 0;
  for (let k: u32 = 0; k < classes; k++) {
    const exponential = exp(<f64>load<f32>(logits + (<usize>k << 2)) - <f64>largest);
    store<f64>(exponentials + (<usize>k << 3), exponential);
    sum += exponential;
  }
  for (let k: u32 = 0; k < classes; k++) {
    const target: f64 = k == label ? 1 : 0;
    const probability = load<f64>(exponentials + (<usize>k << 3)) / sum;
    store<f32>(gradient + (<usize>k << 2), <f32>((probability - target) / <f64>counted));
  }
  return log(sum) - (<f64>load<f32>(logits + (<usize>label << 2)) - <f64>largest);
}

/** Stores the sum of |prediction - target| as one f64, and the gradient sign / count. The sum is one task. */
export function l1Loss(
  tasks: u32,
  gradient: usize,
  total: usize,
  prediction: usize,
  target: usize,
  count: u32,
): void {
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    let sum: f64 = 0;
    for (let i: u32 = 0; i < count; i++) {
      const at = <usize>i << 2;
      const difference = <f64>load<f32>(prediction + at) - <f64>load<f32>(target + at);
      sum += abs<f64>(difference);
      const sign: f64 = difference > 0 ? 1 : difference < 0 ? -1 : difference;
      store<f32>(gradient + at, <f32>(sign / <f64>count));
    }
    store<f64>(total, sum);
  }
}
