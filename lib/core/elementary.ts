/**
 * exp, log, power, sine and cosine with one defined result. ECMAScript leaves those of `Math` to the engine,
 * so they may differ between Node versions; these use only + - * / and the bits of a number, which IEEE 754
 * fixes. They are float64 and within 2 units in the last place (pow: see there); they serve losses and noise,
 * not hot loops.
 */

const LN2_HIGH = 0.6931471803691238; // the upper 33 bits of ln 2: k * LN2_HIGH is exact for |k| < 2^20
const LN2_LOW = 1.9082149292705877e-10;
const SQRT_HALF = Math.SQRT1_2;
const TWO_PI = 2 * Math.PI;

/** 1/n! for n = 0 .. 17: the Taylor coefficients of exp, sin and cos. */
const INVERSE_FACTORIALS = factorials(17).map((factorial) => 1 / factorial);
/** 1/n for n = 0 .. 23. */
const RECIPROCALS = Array.from({ length: 24 }, (_, n) => 1 / n);

const bits = new DataView(new ArrayBuffer(8));

/** e^x; 0 below and Infinity above the range of float64. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY;
  if (x < -745.1332191019412) return 0;
  const k = Math.floor(x / (LN2_HIGH + LN2_LOW) + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW; // |r| <= ln(2) / 2
  let sum = INVERSE_FACTORIALS[14];
  for (let n = 13; n >= 0; n--) sum = sum * r + INVERSE_FACTORIALS[n];
  const half = Math.floor(k / 2);
  return sum * powerOfTwo(half) * powerOfTwo(k - half); // in two steps: 2^k itself may be out of range
}

/** The natural logarithm; -Infinity at 0, NaN below. */
export function log(x: number): number {
  if (Number.isNaN(x) || x < 0) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (x === Number.POSITIVE_INFINITY) return x;
  const normal = x >= 2.2250738585072014e-308;
  bits.setFloat64(0, normal ? x : x * 2 ** 54);
  let exponent = ((bits.getUint32(0) >>> 20) & 0x7ff) - 1022 - (normal ? 0 : 54);
  bits.setUint32(0, (bits.getUint32(0) & 0x000fffff) | 0x3fe00000);
  let mantissa = bits.getFloat64(0); // 0.5 <= mantissa < 1
  if (mantissa < SQRT_HALF) {
    mantissa *= 2;
    exponent -= 1;
  }
  const f = (mantissa - 1) / (mantissa + 1); // log(m) = 2 atanh(f)
  const square = f * f;
  let series = 0;
  for (let n = 23; n >= 3; n -= 2) series = (series + RECIPROCALS[n]) * square;
  return exponent * LN2_HIGH + (2 * f + (2 * f * series + exponent * LN2_LOW));
}

/**
 * x^y for x >= 0, as exp(y log x): within 2 + 2 |y log x| units in the last place, as that product is
 * rounded.
 */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  return exp(y * log(x));
}

/** sin(2 pi u): the angle in turns, so that its reduction is exact. */
export function sinTurns(u: number): number {
  return sinQuarters(u, 0);
}

/** cos(2 pi u), the sine a quarter of a turn later. */
export function cosTurns(u: number): number {
  return sinQuarters(u, 1);
}

/** sin(2 pi (u + ahead / 4)). The quarters ahead are counted, never added to u: the sum would be rounded. */
function sinQuarters(u: number, ahead: 0 | 1): number {
  const nearest = Math.floor(4 * u + 0.5);
  const angle = TWO_PI * (u - nearest / 4); // |angle| <= pi / 4, and the difference is exact
  const quarter = (nearest & 3) + ahead;
  const value = taylor(angle, quarter % 2 === 1 ? 16 : 17);
  return quarter === 2 || quarter === 3 ? -value : value;
}

/**
 * Every second term of the exponential series, with alternating signs: an odd degree gives the sine, an even
 * one the cosine.
 */
function taylor(x: number, degree: number): number {
  const square = x * x;
  let sum = INVERSE_FACTORIALS[degree];
  for (let n = degree - 2; n >= 0; n -= 2) sum = INVERSE_FACTORIALS[n] - sum * square;
  return degree % 2 === 1 ? sum * x : sum;
}

/** 2^k for -1022 <= k <= 1023, from its bits. */
function powerOfTwo(k: number): number {
  bits.setUint32(0, (k + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

function factorials(last: number): number[] {
  const values = [1];
  for (let n = 1; n <= last; n++) values.push(values[n - 1] * n);
  return values;
}
