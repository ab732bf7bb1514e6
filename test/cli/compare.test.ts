/**
 * `compare` and `run --dump --trace` on the command line:
 * against PyTorch's recordings, and engine against engine.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { writeDump } from '../../bin/cli/dump.js';
import { readModel } from '../../bin/cli/modelOptions.js';
import { paperTwin } from '../../lib/convert/paperTwin.js';
import { toUnet } from '../../lib/convert/spikingModel.js';
import { stream } from '../../lib/core/rng.js';
import { simulate } from '../../lib/engine/simulate/simulateNetwork.js';
import { decodeSafetensors, encodeSafetensors, type TensorFile } from '../../lib/format/safetensors.js';
import { encodeModel } from '../../lib/model/model.js';
import { writePng } from '../../lib/node/pictureFiles.js';
import { makeImage } from '../../lib/picture/image.js';
import { backends } from '../engine/kernel/backends.js';
import { goldenFile, goldenTensor, imageOf } from '../engine/kernel/golden.js';
import { goldenModel, goldenNeurons } from '../engine/kernel/network.js';
import { floatImage } from '../support/engine.js';
import { spikingUnet, spikingUnetJson } from './command.js';

const root = t.testdir();
const at = (file: string) => join(root, file);
/** The paper's conversion of a bundled U-Net, and the U-Net. */
const [snn, ann] = [at('snn.safetensors'), at('ann.safetensors')];
const { model: bundled } = readModel('drive');
writeFileSync(snn, encodeModel(paperTwin(bundled, 'drive')));
writeFileSync(ann, encodeModel(toUnet(bundled, 'drive')));

const random = stream(3, 'picture');
const picture = at('picture.png');
writePng(
  picture,
  makeImage(
    20,
    35,
    1,
    Uint8Array.from({ length: 700 }, () => random.integer(256)),
  ),
);

/** `compare --json`, which ends with 1 where there are differences. */
function compareJson(...args: string[]) {
  const { status, stdout } = spikingUnet('compare', ...args, '--json');
  return { status, ...JSON.parse(stdout) };
}

for (const name of ['mt', 'mt-half', 'if']) {
  for (const [engine, kernels] of backends) {
    t.test(
      `${engine}: our dump is PyTorch's (steps_${name}), and one membrane that differs is found`,
      async (t) => {
        const golden = `fixtures/spike/denoise_w1_steps_${name}.safetensors`;
        const { tensors, metadata } = goldenFile(`spike/denoise_w1_steps_${name}`);
        const { model } = goldenModel('spike/denoise_w1');
        const { steps, ...neurons } = goldenNeurons(metadata);
        const image = goldenTensor(tensors, 'input');
        const [, height, width] = image.shape;
        const input = imageOf(image);
        const options = { steps, mode: 'auto', trace: true } as const;
        const simulation = simulate(
          { kernels, network: { ...model, ...neurons }, height, width },
          input,
          options,
        );
        const recording = { image: floatImage(input, height, width), output: simulation.output, simulation };
        const ours = at(`${engine}-${name}.safetensors`);
        writeDump(ours, model, recording, { height, width, steps });
        t.match(compareJson(golden, ours), { status: 0, equal: true, tensors: { length: 2 + 4 * 26 } });

        const [step, channel, row, column] = [steps - 2, 1, 2, 3];
        const { data, shape } = simulation.trace!.get('membrane.relu3')!;
        data[((step * shape[1] + channel) * shape[2] + row) * shape[3] + column] += 0.125;
        writeDump(ours, model, recording, { height, width, steps });
        const found = compareJson(golden, ours);
        const position = { step, channel, row, column };
        t.match(found, {
          status: 1,
          equal: false,
          first: { tensor: 'membrane.relu3', layer: 'relu3', position, differing: 1, largest: 0.125 },
        });
        t.equal(found.first.b - found.first.a, 0.125);
        const { status, stdout } = spikingUnet('compare', golden, ours);
        t.equal(status, 1);
        t.match(stdout, `first difference: membrane.relu3, step ${step}, channel 1, row 2, column 3: `);
        t.match(stdout, /^membrane\.relu3 .* 1 +0\.1250 /m, 'the table is there as well');
        t.match(stdout, /^input .*\nspike\.relu1 .*\n(.*\n)*flow\.relu18 .*\nspikes\.relu18 .*\noutput /m);
      },
    );
  }
}

const dumpRun = (file: string, ...more: string[]) => {
  const files = ['--model', snn, '--image', picture, '--out', at('out'), '--dump', at(file)];
  spikingUnetJson('run', ...files, '--steps', '3', ...more);
  return at(file);
};

t.test(
  'run --trace: the same steps on every engine and in every mode, beside what a dump holds anyway',
  async (t) => {
    const plain = dumpRun('plain.safetensors');
    const trace = dumpRun('a.safetensors', '--trace', '--engine', 'reference', '--mode', 'event');
    const other = dumpRun('b.safetensors', '--trace', '--threads', '2', '--mode', 'dense');
    t.match(compareJson(trace, other), { status: 0, equal: true, tensors: { length: 2 + 4 * 26 } });
    t.ok(readFileSync(trace).equals(readFileSync(other)), 'to the byte');
    const added = compareJson(plain, trace);
    t.match(added, { status: 1, onlyInA: [], onlyInB: { length: 52 } });
    t.notOk('first' in added);
    const { tensors, metadata } = decodeSafetensors(readFileSync(trace), trace);
    t.strictSame(tensors.get('spike.relu3')!.shape, [3, 16, 16, 24]);
    t.strictSame(metadata, {
      stage: 'snn',
      height: '20',
      width: '35',
      steps: '3',
      neuron: 'mt',
      thresholds: '[2,1,0.5,0.25]',
      spikeValues: '[2,1,0.5,0.25]',
      leak: '1',
      reset: 'soft',
      initialPotential: '0',
    });
    const spikes = tensors.get('spike.relu3')!.data;
    const flow = tensors.get('flow.relu3')!.data;
    t.ok(flow.some((value) => value > 0));
    t.ok(
      flow.every((value, i) => value === spikes[i] + spikes[i + flow.length] + spikes[i + 2 * flow.length]),
    );
  },
);

t.test('run --v-init is in the dump, and its first difference is found at once', async (t) => {
  const [a, b] = [
    dumpRun('v0.safetensors', '--trace'),
    dumpRun('v1.safetensors', '--trace', '--v-init', 'half'),
  ];
  t.equal(decodeSafetensors(readFileSync(b), b).metadata.initialPotential, '0.125');
  t.match(compareJson(a, b), { status: 1, first: { layer: 'relu1', position: { step: 0 } } });
  const { status, stdout } = spikingUnet('compare', a, b, '--only', 'input');
  t.equal(status, 0);
  t.match(stdout, /^no difference in 1 tensors\n\n.*\n.*\ninput .* equal +\n$/);
});

t.test('run --trace is refused where it makes no sense', async (t) => {
  const run = (model: string, ...more: string[]) =>
    spikingUnet('run', '--model', model, '--image', picture, '--out', at('out'), ...more);
  const dump = ['--dump', at('never.safetensors')];
  for (const [outcome, message] of [
    [run(snn, '--trace'), /--trace: add --dump FILE/],
    [run(ann, '--trace', ...dump), /--trace: .* is a U-Net/],
    [
      run(snn, '--trace', ...dump, '--steps', '20000'),
      /--trace: .* would take \d+ MiB, at most 2048 are possible/,
    ],
  ] as const) {
    t.equal(outcome.status, 2);
    t.match(outcome.stderr, message);
  }
});

t.test('models and gradients are compared too; NaN is a word in JSON', async (t) => {
  t.match(compareJson(ann, snn), { status: 1, first: { tensor: 'conv1.weight', index: [0, 0, 0, 0] } });
  const write = (file: string, value: number) => {
    const tensors: TensorFile['tensors'] = new Map([
      ['grad.conv2.weight', { shape: [1, 1, 1, 2], data: Float32Array.of(0, value) }],
    ]);
    writeFileSync(at(file), encodeSafetensors({ tensors, metadata: {} }));
    return at(file);
  };
  const [one, nan] = [write('one.safetensors', 1), write('nan.safetensors', Number.NaN)];
  t.match(compareJson(one, nan), {
    status: 1,
    first: { a: 1, b: 'NaN', largest: 'Infinity', index: [0, 0, 0, 1] },
  });
  t.equal(compareJson(nan, nan).status, 0);
  t.equal(compareJson(one, write('near.safetensors', 1.25), '--tolerance', '0.25').status, 0);
});

t.test('what cannot be compared is told, with what to do', async (t) => {
  const header = '{"x":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}  ';
  const bytes = Buffer.alloc(8 + header.length + 8);
  bytes.writeBigUInt64LE(BigInt(header.length));
  bytes.write(header, 8);
  writeFileSync(at('f64.safetensors'), bytes);
  const f64 = spikingUnet('compare', ann, at('f64.safetensors'));
  t.equal(f64.status, 3);
  t.match(
    f64.stderr,
    /f64\.safetensors: tensor x: dtype F64, expected .*: convert it with tensor\.float\(\)/,
  );
  t.equal(spikingUnet('compare', ann, at('nothing')).status, 3);
  for (const wrong of [[ann], [ann, ann, '--tolerance', '-1'], [ann, ann, '--only', 'nothing']]) {
    const { status, stdout } = spikingUnet('compare', ...wrong);
    t.strictSame([status, stdout], [2, ''], wrong.join(' '));
  }
});
