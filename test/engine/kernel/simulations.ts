/** Comparison of two simulations to the bit. */

import { ALL_SUMS, type Simulation, type Sums } from '../../../lib/engine/simulate/simulation.js';
import { requireSameBits } from './bits.js';

/** Throws at the first value of two simulations that differs; of the sums, only those in `kept` are there. */
export function requireSameSimulation(
  got: Simulation,
  expected: Simulation,
  kept: readonly Sums[] = ALL_SUMS,
): void {
  requireSameBits(got.output, expected.output, 'output');
  for (const sum of ['currents', 'flows'] as const) {
    requireSameNames(sum, got[sum], kept.includes(sum) ? expected[sum] : new Map());
    for (const [name, values] of got[sum])
      requireSameBits(values, expected[sum].get(name)!, `${sum} ${name}`);
  }
  requireSameNames(
    'spikeCounts',
    got.spikeCounts,
    kept.includes('spikeCounts') ? expected.spikeCounts : new Map(),
  );
  for (const [name, counts] of got.spikeCounts) {
    if (Buffer.compare(bytes(counts), bytes(expected.spikeCounts.get(name)!)) !== 0)
      throw new Error(`spike counts of ${name} differ`);
  }
  requireSameNames('spikesPerStep', got.spikesPerStep, expected.spikesPerStep);
  for (const [name, perStep] of got.spikesPerStep) {
    const wanted = expected.spikesPerStep.get(name)!;
    if (perStep.join() !== wanted.join()) throw new Error(`spikes of ${name}: ${perStep}, not ${wanted}`);
  }
  if (got.spikes !== expected.spikes) throw new Error(`${got.spikes} spikes, not ${expected.spikes}`);
  if (got.steps !== expected.steps) throw new Error(`${got.steps} steps, not ${expected.steps}`);
}

const bytes = ({ buffer, byteOffset, byteLength }: Uint32Array) =>
  Buffer.from(buffer, byteOffset, byteLength);

function requireSameNames(
  what: string,
  got: ReadonlyMap<string, unknown>,
  expected: ReadonlyMap<string, unknown>,
) {
  const [names, wanted] = [got, expected].map((map) => [...map.keys()].join());
  if (names !== wanted) throw new Error(`${what} of "${names}", not of "${wanted}"`);
}
