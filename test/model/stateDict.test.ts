/**
 * `import`: state dicts become networks that compute what PyTorch computed, and other networks are refused.
 */

import { readFileSync } from 'node:fs';
import t from 'tap';
import { argmax, unetRun } from '../../lib/engine/predict.js';
import { decodeSafetensors, encodeSafetensors } from '../../lib/format/safetensors.js';
import { readStateDict } from '../../lib/model/stateDict.js';
import { unpackParameters } from '../../lib/net/parameters.js';
import { floatImage, referenceEngine } from '../support/engine.js';
import { randomModel } from '../support/networks.js';

const segmenter = randomModel({ task: 'segment', width: 1, channels: 1, classes: 3 });
const denoiser = randomModel({ task: 'denoise', width: 1, channels: 3, classes: 3 });
const tensorsOf = (model = segmenter) => unpackParameters(model.layers, model.parameters);
const fileOf = (tensors = tensorsOf(), metadata: Record<string, string> = {}) =>
  encodeSafetensors({ tensors, metadata });
const vector = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) });

t.test('one output in half precision, wrapped twice: the classes of PyTorch, sigmoid(z) > 0.5', async (t) => {
  const bytes = readFileSync('fixtures/stateDict/sigmoid.pth');
  const { image, classes } = JSON.parse(readFileSync('fixtures/stateDict/sigmoid.json', 'utf8'));
  const network = readStateDict(bytes, 'segment', 'sigmoid.pth');
  t.strictSame(network.configuration, { task: 'segment', width: 1, channels: 1, classes: 2 });
  const run = unetRun(referenceEngine.prepare(network));
  const { output } = run(floatImage(Float32Array.from(image), 16, 16));
  t.strictSame([...argmax(output, 2)], classes);
  t.ok(
    output.every((score, i) => i % 2 === 1 || score === 0),
    'the background scores 0',
  );
  t.match(network.remarks, [/num_batches_tracked/, /one output, read as the sigmoid of class 1/]);
});

t.test('names of wrappers are taken off wherever they stand', async (t) => {
  for (const wrap of [
    (name: string) => `module.${name}`,
    (name: string) => `module._orig_mod.module.${name}`,
    (name: string) => name.replace('.', '._orig_mod.'),
  ]) {
    const wrapped = new Map([...tensorsOf()].map(([name, tensor]) => [wrap(name), tensor]));
    t.strictSame(readStateDict(fileOf(wrapped), 'segment', 'f').parameters, segmenter.parameters);
  }
  const both = new Map([...tensorsOf(), ['module.conv1.bias', vector(1)]]);
  t.throws(() => readStateDict(fileOf(both), 'segment', 'f'), {
    message: 'f: holds tensor conv1.bias twice, with and without a wrapper',
  });
});

t.test('counters of batch normalisation alone are left out, of whatever format', async (t) => {
  const bytes = Buffer.from(fileOf(new Map([...tensorsOf(), ['bn1.num_batches_tracked', vector(0, 0)]])));
  const at = bytes.lastIndexOf('"F32"');
  bytes.write('"I64"', at);
  bytes.write('"shape":[1]', bytes.indexOf('"shape":[2]', at));
  const { remarks } = readStateDict(bytes, 'segment', 'f');
  t.match(remarks, [/left out num_batches_tracked/]);
});

t.test('float64 is rounded to the nearest float32', async (t) => {
  const values = [1 / 3, 1e-50, -1e30, 2 ** -149];
  const header = JSON.stringify({ x: { dtype: 'F64', shape: [4], data_offsets: [0, 32] } });
  const bytes = Buffer.alloc(8 + header.length + 32);
  bytes.writeBigUInt64LE(BigInt(header.length));
  bytes.write(header, 8);
  for (const [i, value] of values.entries()) bytes.writeDoubleLE(value, 8 + header.length + 8 * i);
  const { tensors } = decodeSafetensors(bytes, 'f', { rounded: true });
  t.strictSame([...tensors.get('x')!.data], values.map(Math.fround));
  t.throws(() => decodeSafetensors(bytes, 'f'), {
    message: 'f: tensor x: dtype F64, expected one of F32, F16, BF16',
  });
  t.throws(() => readStateDict(bytes, 'segment', 'f'), {
    message: /conv1\.weight is missing \(it holds x\)/,
  });
});

type Tensors = ReturnType<typeof tensorsOf>;
const refused: Record<string, [change: (tensors: Tensors) => void, message: RegExp]> = {
  'batch normalisation': [
    (tensors) => tensors.set('bn1.running_mean', vector(0)),
    /bn1\.running_mean belongs to batch normalisation, .*fuse_conv_bn_eval/,
  ],
  'a normalisation without statistics': [
    (tensors) => tensors.set('norm3.weight', vector(1, 1)),
    /norm3\.weight belongs to a normalisation or PReLU layer/,
  ],
  'a layer of its own': [
    (tensors) => tensors.set('skip.weight', { shape: [1, 1, 1, 1], data: new Float32Array(1) }),
    /tensor skip\.weight is not part of this network/,
  ],
  'other names': [
    (tensors) => {
      for (const [name, tensor] of [...tensors]) {
        tensors.delete(name);
        tensors.set(`net.${name}`, tensor);
      }
    },
    /conv1\.weight is missing \(it holds net\.conv1\.weight, net\.conv1\.bias, net\.conv2\.weight, \.\.\)/,
  ],
  'no outputs': [
    (tensors) => tensors.set('conv19.weight', { shape: [0, 1, 1, 1], data: new Float32Array(0) }),
    /conv19\.weight is \[0,1,1,1\], expected/,
  ],
};
for (const [name, [change, message]] of Object.entries(refused)) {
  t.test(`refused: ${name}`, async (t) => {
    const tensors = tensorsOf();
    change(tensors);
    t.throws(() => readStateDict(fileOf(tensors), 'segment', 'f'), { message });
  });
}

t.test('a denoiser has as many outputs as inputs, and each task its last layer', async (t) => {
  t.strictSame(
    readStateDict(fileOf(tensorsOf(denoiser)), 'denoise', 'f').configuration,
    denoiser.configuration,
  );
  for (const classes of [1, 2, 4]) {
    const model = randomModel({ task: 'denoise', width: 1, channels: 3, classes });
    t.throws(() => readStateDict(fileOf(tensorsOf(model)), 'denoise', 'f'), {
      message: `f: a network to denoise with 3 -> ${classes} channels, expected as many outputs as inputs: the noise of each channel`,
    });
  }
  t.throws(() => readStateDict(fileOf(tensorsOf(denoiser)), 'segment', 'f'), {
    message: /conv19\.weight is 3x3, as in a network that is to denoise: take task denoise/,
  });
});

t.test('what metadata says of another architecture is believed', async (t) => {
  const read = (metadata: Record<string, string>) => () =>
    readStateDict(fileOf(tensorsOf(), metadata), 'segment', 'f');
  for (const fine of [
    { format: 'pt', epoch: '12', author: 'max', lr: '0.001', clip_grad_norm: '1' },
    {
      pooling: 'avg',
      norm: 'none',
      activation: 'ReLU',
      arch: 'U-Net',
      depth: '4',
      upsampling: 'conv_transpose',
    },
    { config: '{"pooling":"average","batch_norm":false,"optimizer":{"name":"adam"}}' },
    { config: '{not JSON' },
  ])
    t.doesNotThrow(read(fine as unknown as Record<string, string>));
  for (const [key, value] of [
    ['pooling', 'max'],
    ['pool_type', 'MaxPool2d'],
    ['max_pool', 'true'],
    ['downsample', 'strided_conv'],
    ['batch_norm', 'True'],
    ['norm_layer', 'instance'],
    ['activation', 'leaky_relu'],
    ['upsample_mode', 'bilinear'],
    ['bilinear', 'true'],
    ['architecture', 'AttentionUNet'],
    ['model', 'ResNet50'],
    ['padding_mode', 'reflect'],
    ['depth', '5'],
  ]) {
    const message = new RegExp(
      `f: its metadata says ${key} is "${value}", expected .*: this network cannot be run`,
    );
    t.throws(read({ [key]: value }), { message }, key);
    t.throws(read({ config: JSON.stringify({ [key]: value }) }), { message }, `${key} in JSON`);
  }
});

t.test('a state dict is found in a checkpoint, or the keys are told', async (t) => {
  const read = (file: string) => () =>
    readStateDict(readFileSync(`fixtures/stateDict/${file}`), 'segment', 'f');
  t.throws(read('checkpoint.pth'), { message: /conv1\.weight is missing \(it holds weight, bias\)/ });
  t.throws(read('unknown-key.pth'), {
    message:
      'f: holds the keys epoch, weights_of_ema, expected tensors, or a dictionary of them as state_dict, model_state_dict, model',
  });
  t.throws(read('nested.pth'), { message: /its metadata says pooling is "max"/ });
});
