/**
 * Tiles: the network's reach, measured by which pixels change a block of the output; outputs and spikes of a
 * picture in tiles, to the bit; and how large tiles are made.
 */

import fc from 'fast-check';
import t from 'tap';
import { UsageError } from '../../lib/core/error.js';
import { stream } from '../../lib/core/rng.js';
import type { Window } from '../../lib/core/window.js';
import { defaultEngine, engines } from '../../lib/engine/choose.js';
import { forwardBytes, imageBytes } from '../../lib/engine/kernels/memory.js';
import { type Run, unetRun } from '../../lib/engine/predict.js';
import { spikingRun } from '../../lib/engine/readout.js';
import { simulationBytes } from '../../lib/engine/simulate/simulationMemory.js';
import {
  type MemoryLimit,
  planTiles,
  receptiveMargin,
  tiledRun,
  wholeBytes,
} from '../../lib/engine/tiles.js';
import { wasmKernels } from '../../lib/engine/wasm/index.js';
import type { Configuration } from '../../lib/net/architecture.js';
import { buildLayers } from '../../lib/net/architectures.js';
import { newParameters } from '../../lib/net/parameters.js';
import { findNeuron, neuronParameters } from '../../lib/neuron/index.js';
import { nodeHost } from '../../lib/node/nodeHost.js';
import { engineOf, floatImage } from '../support/engine.js';
import { randomImage, randomModel } from '../support/networks.js';
import { requireSameBits } from './kernel/bits.js';

const kernels =
  defaultEngine().name === 'wasm'
    ? wasmKernels({ threads: 2, host: nodeHost, poison: true })
    : engines.reference.create(1);

const segmenter: Configuration = { task: 'segment', width: 1, channels: 1, classes: 2 };
const denoiser: Configuration = { task: 'denoise', width: 1, channels: 1, classes: 1 };

/** A network that is 0 for a black image, and wherever a bright pixel reaches positive: nothing cancels. */
function positiveRun(configuration: Configuration): Run {
  const layers = buildLayers(configuration);
  const parameters = new Map(newParameters(layers, (length) => new Float32Array(length)));
  for (const [name, values] of parameters) if (name.endsWith('.weight')) values.fill(0.5);
  return unetRun(engineOf(kernels).prepare({ layers, parameters }));
}

/** A square image with a block of 16x16 in it, far from every border. */
const block: Window = { top: 160, bottom: 176, left: 160, right: 176 };
const extent = 336;
const blackImage = () => new Float32Array(extent * extent);

/** Whether anything of an output [H,W,K] is not 0 in the block. */
function reachesBlock(output: Float32Array): boolean {
  const classes = output.length / extent ** 2;
  for (let y = block.top; y < block.bottom; y++) {
    const row = output.subarray((y * extent + block.left) * classes, (y * extent + block.right) * classes);
    if (row.some((value) => value !== 0)) return true;
  }
  return false;
}

/** The pixel at a distance from the block, in each direction. */
const pixelAt: Readonly<Record<string, (distance: number) => number>> = {
  above: (distance) => (block.top - distance) * extent + block.left + 8,
  below: (distance) => (block.bottom - 1 + distance) * extent + block.left + 8,
  left: (distance) => (block.top + 8) * extent + block.left - distance,
  right: (distance) => (block.top + 8) * extent + block.right - 1 + distance,
};

/** The largest distance from which a single bright pixel changes the block. */
function reachOf(run: Run, pixel: (distance: number) => number): number {
  const visible = (distance: number) => {
    const image = blackImage();
    image[pixel(distance)] = 1;
    return reachesBlock(run(floatImage(image, extent, extent)).output);
  };
  let reach = 0;
  for (let step = 128; step >= 1; step /= 2) if (visible(reach + step)) reach += step;
  return reach;
}

for (const configuration of [segmenter, denoiser]) {
  const { task } = configuration;
  const margin = receptiveMargin(buildLayers(configuration));

  t.test(`${task}: the margin is how far single pixels reach, rounded up to a multiple of 16`, async (t) => {
    const run = positiveRun(configuration);
    const reaches = Object.entries(pixelAt).map(([direction, pixel]) => {
      const reach = reachOf(run, pixel);
      t.ok(reach <= margin, `${direction}: ${reach} of ${margin} pixels`);
      return reach;
    });
    t.equal(margin, 16 * Math.ceil(Math.max(...reaches) / 16), `from ${reaches}`);
    t.equal(margin, receptiveMargin(buildLayers({ ...configuration, width: 5 })), 'of any width');
  });

  t.test(`${task}: everything beyond the margin together changes nothing in the block`, async (t) => {
    const run = positiveRun(configuration);
    const bright = (distance: number) => {
      const image = blackImage().fill(1);
      const [first, last] = [block.top - distance, block.bottom + distance];
      for (let y = first; y < last; y++) image.fill(0, y * extent + first, y * extent + last);
      return image;
    };
    t.notOk(reachesBlock(run(floatImage(bright(margin), extent, extent)).output), 'from beyond it');
    t.ok(reachesBlock(run(floatImage(bright(margin - 16), extent, extent)).output), 'from within it');
  });
}

/** Tiles of `side` pixels inside their margins, and an image that is larger in one direction at least. */
const tileCase = fc
  .record({
    task: fc.constantFrom('segment' as const, 'denoise' as const),
    width: fc.integer({ min: 1, max: 2 }),
    channels: fc.constantFrom(1, 3),
    side: fc.integer({ min: 1, max: 4 }).map((count) => 16 * count),
    more: fc.integer({ min: 1, max: 4 }),
    short: fc.double({ min: 0, max: 2.5, noNaN: true }),
    upright: fc.boolean(),
    part: fc.constantFrom(undefined, 0.25, 0.75),
    thresholds: fc.constantFrom([0.1], [0.3, 0.15], [1, 0.5, 0.25, 0.125]),
    seed: fc.nat(),
  })
  .map(({ side, more, short, upright, ...rest }) => {
    const margin = receptiveMargin(buildLayers(segmenter));
    const sides = [side + 2 * margin + 16 * more, 16 * Math.ceil((short * side + 1) / 16)];
    const [height, breadth] = upright ? sides : sides.toReversed();
    return { ...rest, side, height, breadth };
  });
type TileCase = typeof tileCase extends fc.Arbitrary<infer Drawn> ? Drawn : never;

/** A part of an image around its centre, the sides multiples of 16. */
function centre(height: number, width: number, part: number): Window {
  const [top, left] = [height, width].map((extent) => 16 * Math.floor((extent * (1 - part)) / 32));
  const down = (extent: number) => 16 * Math.ceil((extent * part) / 16);
  return { top, bottom: top + down(height), left, right: left + down(width) };
}

/** The network, image and limit of a case, a limit in pixels, and the window that is counted. */
function drawTileCase({ task, width, channels, height, breadth, side, part, seed }: TileCase) {
  const model = randomModel({ task, width, channels, classes: channels }, seed);
  const image = floatImage(randomImage(stream(seed, 'image'), height, breadth, channels), height, breadth);
  const around = (extent: number) => Math.min(extent, side + 2 * receptiveMargin(model.layers));
  const bytes = around(height) * around(breadth);
  const limit: MemoryLimit = { bytes, bytesOf: (height, width) => height * width };
  const counted = part === undefined ? undefined : centre(height, breadth, part);
  return { model, image, limit, counted };
}

/**
 * Runs in tiles and as a whole; throws at the first difference. Returns the number of tiles and of spikes.
 */
function requireSameInTiles(run: Run, drawn: ReturnType<typeof drawTileCase>) {
  const { model, image, limit, counted } = drawn;
  const before = image.data.slice();
  let tiles = 0;
  const counting: Run = (...args) => {
    tiles += 1;
    if (limit.bytesOf(args[0].height, args[0].width) > limit.bytes)
      throw new Error('a tile exceeds the limit');
    return run(...args);
  };
  const whole = run(image, counted);
  const tiled = tiledRun(counting, model.layers, limit)(image, counted);
  requireSameBits(tiled.output, whole.output, `output of ${image.height}x${image.width} in ${tiles} tiles`);
  requireSameBits(image.data, before, 'image');
  if (tiled.spikes !== whole.spikes)
    throw new Error(`${tiled.spikes} spikes in ${tiles} tiles, not ${whole.spikes}`);
  return { tiles, spikes: whole.spikes };
}

t.test('a U-Net in tiles gives the bits of the whole image', async (t) => {
  let most = 0;
  const property = fc.property(tileCase, (drawn) => {
    const ready = drawTileCase(drawn);
    const { tiles } = requireSameInTiles(unetRun(engineOf(kernels).prepare(ready.model)), ready);
    if (tiles < 2) throw new Error('one tile only');
    most = Math.max(most, tiles);
  });
  fc.assert(property, { seed: 31, numRuns: 30 });
  t.ok(most >= 4, `up to ${most} tiles`);
});

t.test('a spiking network in tiles gives the bits and the spikes of the whole image', async (t) => {
  let silent = 0;
  const property = fc.property(tileCase, (drawn) => {
    const ready = drawTileCase(drawn);
    const given = { thresholds: drawn.thresholds, initialPotential: 0.05 };
    const network = {
      ...ready.model,
      neuron: findNeuron('mt'),
      neuronParameters: neuronParameters(findNeuron('mt'), given),
    };
    const run = spikingRun(engineOf(kernels).prepare(network), drawn.task, {
      steps: 2,
      mode: 'auto',
      keep: [],
    });
    if (requireSameInTiles(run, ready).spikes === 0) silent += 1;
  });
  fc.assert(property, { seed: 32, numRuns: 12 });
  t.equal(silent, 0, 'every network fires');
});

const { layers } = randomModel({ ...segmenter, width: 8 });
const limits: Readonly<Record<string, MemoryLimit['bytesOf']>> = {
  'U-Net': (height, width) => forwardBytes(layers, height, width),
  'Spiking-UNet': (height, width) =>
    simulationBytes(layers, { height, width, steps: 10, sums: 0, membranes: 1 }),
};
for (const [name, bytesOf] of Object.entries(limits)) {
  t.test(`${name}: what fits is not cut, and what does not is cut into tiles as large as fit`, async (t) => {
    for (const [height, width] of [
      [1008, 1008],
      [640, 4000],
      [2000, 336],
    ]) {
      const bytes = bytesOf(height, width);
      t.equal(planTiles(layers, height, width, { bytes, bytesOf }), undefined, 'it fits exactly');
      const limit = { bytes: 0.75 * bytes, bytesOf };
      const tile = planTiles(layers, height, width, limit)!;
      const margin = receptiveMargin(layers);
      const bytesWith = (side: number) =>
        bytesOf(Math.min(height, side + 2 * margin), Math.min(width, side + 2 * margin));
      const side = Math.max(tile.height, tile.width);
      t.strictSame(tile, { height: Math.min(side, height), width: Math.min(side, width) }, 'square, or less');
      t.equal(side % 16, 0);
      t.ok(bytesWith(side) <= limit.bytes, `tiles of ${side} fit`);
      t.ok(bytesWith(side + 16) > limit.bytes, 'larger ones do not');
    }
  });

  t.test(
    `${name}: where even the smallest tile does not fit, memory is named and what it takes`,
    async (t) => {
      const side = 16 + 2 * receptiveMargin(layers);
      const least = bytesOf(side, side);
      const plan = (bytes: number) => () => planTiles(layers, 1008, 1008, { bytes, bytesOf });
      t.doesNotThrow(plan(least), 'the smallest tile fits exactly');
      t.throws(plan(least - 1), UsageError);
      const [had, needed] = [least - 2 ** 20, least].map((bytes) => Math.ceil(bytes / 2 ** 20));
      t.throws(plan(least - 2 ** 20), {
        message: `memory ${had}: even the smallest tiles of this image need ${needed} MiB`,
      });
    },
  );
}

t.test('what the image itself takes is not there for the network', async (t) => {
  const bytesOf = (height: number, width: number) => forwardBytes(layers, height, width);
  const around = (height: number, width: number) => imageBytes(1, 2, height, width);
  t.equal(around(10, 100), 1000 * (15 + 8 + 16));
  const bytes = bytesOf(1008, 1008);
  const limit = { bytes, bytesOf, around };
  t.equal(wholeBytes(limit, 1008, 1008), bytes + around(1008, 1008));
  const tile = planTiles(layers, 1008, 1008, limit)!;
  const left = { bytes: bytes - around(1008, 1008), bytesOf };
  t.strictSame(tile, planTiles(layers, 1008, 1008, left), 'the same as with so much less');
  t.ok(tile.height < 1008);
  t.throws(() => planTiles(layers, 5008, 5008, { ...limit, bytes: 300 * 2 ** 20 }), {
    message:
      /^memory 300: even the smallest tiles of this image need 9\d\d MiB, 933 of them for the image itself$/,
  });
});

t.test('a run that fits is handed on as it is, with the window that is counted', async (t) => {
  const seen: unknown[][] = [];
  const run: Run = (...args) => {
    seen.push(args);
    return { output: new Float32Array(0), spikes: 7 };
  };
  const image = floatImage(new Float32Array(256), 16, 16);
  const counted = { top: 0, bottom: 16, left: 0, right: 16 };
  const limit = { bytes: 1, bytesOf: () => 1 };
  t.equal(tiledRun(run, layers, limit)(image, counted).spikes, 7);
  t.equal(seen.length, 1);
  t.ok(seen[0][0] === image && seen[0][1] === counted);
});
