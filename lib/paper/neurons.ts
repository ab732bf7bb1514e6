/**
 * The neurons of the paper, sections 2.1 and 3.2: one step of all neurons of a layer. `V` [n] is changed in
 * place, `I` [n] is the current of the step; the result is the output o(t) [n] that the next layer receives,
 * and s(t) as a number of spikes [n]. float32, each operation rounded.
 */

const { fround } = Math;

/** What a layer fires in one step. */
export interface Fired {
  /** o(t), the weighted sum of the spikes (Eqs. 3 and 6). */
  readonly o: Float32Array;
  /** How many thresholds fired, sum_i s_i(t). */
  readonly s: Uint8Array;
}

/** Integrate-and-fire (Eqs. 1-3). Theta(0) = 1: it fires where V reaches the threshold. */
export function integrateAndFire(V: Float32Array, I: Float32Array, threshold: number): Fired {
  const Vth = fround(threshold);
  const o = new Float32Array(V.length);
  const s = new Uint8Array(V.length);
  for (let n = 0; n < V.length; n++) {
    V[n] = V[n] + I[n]; // Eq. 1: V(t-1) + I(t)
    s[n] = V[n] >= Vth ? 1 : 0; // Eq. 2
    V[n] = V[n] - Vth * s[n]; // Eq. 1: - V_th s(t)
    o[n] = Vth * s[n]; // Eq. 3, for V_th = 1
  }
  return { o, s };
}

/**
 * Multi-threshold (Eqs. 4-6): V passes the thresholds from high to low, and each that it exceeds takes its
 * share and fires, at most once a step. The paper gives no value to the further "- V_th" of Eq. 5: it is 0
 * here.
 */
export function multiThreshold(V: Float32Array, I: Float32Array, thresholds: readonly number[]): Fired {
  const o = new Float32Array(V.length);
  const s = new Uint8Array(V.length);
  for (let n = 0; n < V.length; n++) {
    V[n] = V[n] + I[n]; // Eq. 4: V(t-1) + I(t)
    for (const threshold of thresholds) {
      const Vth = fround(threshold);
      const fires = V[n] > Vth ? 1 : 0; // Eq. 5
      V[n] = V[n] - Vth * fires; // Eq. 4: - V_th,i s_i(t)
      o[n] = o[n] + Vth * fires; // Eq. 6
      s[n] = s[n] + fires;
    }
  }
  return { o, s };
}
