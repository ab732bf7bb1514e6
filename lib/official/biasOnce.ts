/**
 * The authors' code computes I_in again from the accumulated flow (Eq. 9), and so each bias is in it once,
 * although it entered at every one of the T steps of the simulation (Algorithm 1, line 6).
 */

export const biasOnce = {
  biases: () => 1,
  lastCurrent: (_simulated: Float32Array, replayed: () => Float32Array) => replayed(),
};
