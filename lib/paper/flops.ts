/** Energy as the paper counts it, section 4.4.3. */

/** Energy of a multiply-accumulate and of an accumulation, in pJ (Horowitz 2014, 45 nm; the paper's [43]). */
export const PICOJOULES_PER_MAC = 4.6;
export const PICOJOULES_PER_AC = 0.9;
const JOULES = 1e-12;

/** FLOPs (Eq. 13): one accumulation a spike, and the operations of the first layer, which reads an image. */
export function spikingFlops(spikes: number, firstLayer: number): number {
  return spikes + firstLayer;
}

/** Energy of a Spiking-UNet in joules: its spikes are accumulations, its first layer multiplies. */
export function spikingEnergy(spikes: number, firstLayer: number): number {
  return (spikes * PICOJOULES_PER_AC + firstLayer * PICOJOULES_PER_MAC) * JOULES;
}

/** Energy of a U-Net in joules: all of its operations multiply. */
export function unetEnergy(operations: number): number {
  return operations * PICOJOULES_PER_MAC * JOULES;
}
