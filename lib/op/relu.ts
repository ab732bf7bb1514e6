/** The rectifier of the U-Net; in the spiking network a neuron takes its place. */

/** out = max(input, 0), element by element; never -0. */
export function reluForward(out: Float32Array, input: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.max(input[i], 0);
}

/**
 * gradInput = gradOut where gate > 0, else 0. The gate is the ReLU's input or its output: their signs agree.
 */
export function reluBackward(gradInput: Float32Array, gradOut: Float32Array, gate: Float32Array): void {
  for (let i = 0; i < gradInput.length; i++) gradInput[i] = gate[i] > 0 ? gradOut[i] : 0;
}
