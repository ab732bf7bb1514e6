import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { toSpikingModel } from '../../lib/convert/spikingModel.js';
import { DataError } from '../../lib/core/error.js';
import { decodeSafetensors, encodeSafetensors, type TensorFile } from '../../lib/format/safetensors.js';
import { decodeModel, encodeModel, type Model } from '../../lib/model/model.js';
import { readStateDict } from '../../lib/model/stateDict.js';
import { buildLayers } from '../../lib/net/architectures.js';
import { initialParameters } from '../../lib/net/parameters.js';
import { branchesNetwork, withBranches } from '../support/branches.js';
import { randomModel } from '../support/networks.js';

const model = {
  ...randomModel({ task: 'segment', width: 2, channels: 3, classes: 4 }),
  notes: { seed: '5', dataset: 'drive' },
};
const bytes = encodeModel(model);

/** The model's file with something changed. */
function changed(change: (file: TensorFile) => void): Uint8Array {
  const file = decodeSafetensors(bytes, 'model');
  change(file);
  return encodeSafetensors(file);
}

t.test('a model comes back from its file as it was', async (t) => {
  const { model: read, extra } = decodeModel(bytes, 'model');
  t.ok(Buffer.from(encodeModel(read)).equals(Buffer.from(bytes)));
  const factsOf = ({ parameters: _, layers, ...facts }: Model) => ({
    ...facts,
    layers: layers.map(({ op, ...layer }) => ({ ...layer, op: op.name })),
  });
  t.strictSame(factsOf(read), factsOf(model));
  t.equal(extra.size, 0);
});

t.test('class names are a JSON list; in version 1 separated by commas where none holds one', async (t) => {
  const names = ['a, b', '[c', '', 'e'];
  const file = encodeModel({ ...model, classNames: names });
  t.equal(decodeSafetensors(file, 'm').metadata.classNames, JSON.stringify(names));
  t.strictSame(decodeModel(file, 'm').model.classNames, names);
  const read = (format: string, classNames: string) =>
    decodeModel(
      changed(({ metadata }) => Object.assign(metadata, { format, classNames })),
      'm',
    ).model.classNames;
  t.strictSame(read('spiking-unet/1', 'a,b c,d,e'), ['a', 'b c', 'd', 'e']);
  t.strictSame(read('spiking-unet/1', '["a","b c","d","e"]'), ['a', 'b c', 'd', 'e']);
  t.throws(
    () => read('spiking-unet/2', 'a,b c,d,e'),
    /m: metadata "classNames": expected a JSON list of names$/,
  );
  for (const damaged of ['["a"', '[1, 2, 3, 4]'])
    for (const format of ['spiking-unet/1', 'spiking-unet/2'])
      t.throws(() => read(format, damaged), DataError, damaged);
});

t.test('what another version wrote is read, or refused by its number', async (t) => {
  const read = (format: string, architecture?: string) =>
    decodeModel(
      changed(({ metadata }) => {
        delete metadata.architecture;
        Object.assign(metadata, { format, ...(architecture && { architecture }) });
      }),
      'm',
    ).model;
  t.strictSame(read('spiking-unet/1').configuration, model.configuration, 'version 1 names no architecture');
  t.strictSame(read('spiking-unet/2', 'unet').configuration, model.configuration);
  t.throws(() => read('spiking-unet/3', 'unet'), {
    message:
      'm: metadata "format": spiking-unet/3 was written by a newer version, ' +
      'this one reads up to spiking-unet/2: take a newer version',
  });
  t.throws(() => read('spiking-unet/2'), /m: metadata "architecture": missing/);
  t.throws(
    () => read('spiking-unet/2', 'fcn'),
    /m: metadata: architecture fcn: not known, expected one of unet/,
  );
  for (const format of ['spiking-unet/0', 'spiking-unet/', 'spiking-unet/1.5', 'unet/2'])
    t.throws(
      () => read(format, 'unet'),
      /m: metadata "format": got .*, expected spiking-unet\/1 or spiking-unet\/2/,
    );
});

t.test('bundled models, of version 1, are the same when they are written anew', async (t) => {
  for (const name of readdirSync('fixtures/models').filter((file) => file.endsWith('.safetensors'))) {
    const path = join('fixtures/models', name);
    const file = readFileSync(path);
    t.equal(decodeSafetensors(file, path).metadata.format, 'spiking-unet/1', name);
    const { model: old } = decodeModel(file, path);
    const anew = encodeModel(old);
    t.match(decodeSafetensors(anew, path).metadata, { format: 'spiking-unet/2', architecture: 'unet' });
    const { model: read } = decodeModel(anew, path);
    const facts = ({ layers: _, parameters: __, channelLambdas: ___, ...rest }: Model) => rest;
    t.strictSame(facts(read), facts(old), `${name}: every note`);
    t.strictSame(digestsOf(read.parameters), digestsOf(old.parameters), `${name}: every weight`);
    t.strictSame(digestsOf(read.channelLambdas!), digestsOf(old.channelLambdas!), `${name}: every lambda`);
    const [ofOld, ofNew] = [old, read].map((each) => toSpikingModel(each, path));
    t.equal(ofOld.conversion.origin, 'converted');
    t.strictSame(digestsOf(ofNew.parameters), digestsOf(ofOld.parameters), `${name}: the spiking network`);
    t.strictSame(ofNew.neuronParameters, ofOld.neuronParameters);
    t.strictSame(ofNew.otherNeurons, ofOld.otherNeurons);
  }
});

/** Names and bytes of tensors, short enough to be compared fast. */
function digestsOf(tensors: ReadonlyMap<string, Float32Array>): string[] {
  return [...tensors].map(([name, values]) => {
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    return `${name} ${createHash('sha256').update(bytes).digest('hex')}`;
  });
}

t.test('a model of an architecture of its own is written and read where a table has it', async (t) => {
  const configuration = {
    architecture: 'branches',
    task: 'denoise',
    width: 2,
    channels: 1,
    classes: 1,
  } as const;
  const network = branchesNetwork(configuration);
  const own: Model = { ...model, ...network, configuration, classNames: [], notes: {} };
  const file = encodeModel(own);
  t.match(decodeSafetensors(file, 'm').metadata, { architecture: 'branches', classNames: '[]' });
  const { model: read } = decodeModel(file, 'm', withBranches);
  t.strictSame(read.configuration, configuration);
  t.strictSame([...read.parameters], [...network.parameters]);
  t.strictSame(
    read.layers.map(({ name, join, inputs }) => ({ name, join, inputs })),
    network.layers.map(({ name, join, inputs }) => ({ name, join, inputs })),
  );
  t.throws(
    () => decodeModel(file, 'm'),
    /m: metadata: architecture branches: not known, expected one of unet/,
  );
});

t.test('files hold PyTorch names and layouts', async (t) => {
  const { tensors } = decodeSafetensors(bytes, 'model');
  t.equal(tensors.size, 2 * 23);
  const { shape, data } = tensors.get('conv3.weight')!;
  t.strictSame(shape, [4, 2, 3, 3]);
  const packed = model.parameters.get('conv3.weight')!; // [ky,kx,I,O]
  const [o, i, ky, kx] = [3, 1, 2, 0];
  t.equal(data[((o * 2 + i) * 3 + ky) * 3 + kx], packed[((ky * 3 + kx) * 2 + i) * 4 + o]);
  const transposed = tensors.get('convtranspose1.weight')!;
  t.strictSame(transposed.shape, [32, 16, 3, 3]);
  const packedUp = model.parameters.get('convtranspose1.weight')!;
  t.equal(transposed.data[((7 * 16 + 5) * 3 + 1) * 3 + 2], packedUp[((1 * 3 + 2) * 32 + 7) * 16 + 5]);
});

t.test('width, channels and classes are read off a state dict', async (t) => {
  const { tensors } = decodeSafetensors(bytes, 'model');
  t.strictSame(readStateDict(encodeSafetensors({ tensors, metadata: {} }), 'segment', 'dict').configuration, {
    task: 'segment',
    width: 2,
    channels: 3,
    classes: 4,
  });
});

t.test('each thing that can be wrong with a model file is named', async (t) => {
  const cases: [string, (file: TensorFile) => void, RegExp][] = [
    ['another format', ({ metadata }) => (metadata.format = 'spiking-unet/99'), /model: metadata "format"/],
    ['no width', ({ metadata }) => delete metadata.width, /metadata "width"/],
    ['a width that is not a number', ({ metadata }) => (metadata.width = 'wide'), /metadata "width"/],
    ['an unknown task', ({ metadata }) => (metadata.task = 'dream'), /metadata "task"/],
    [
      'a missing tensor',
      ({ tensors }) => tensors.delete('conv9.bias'),
      /conv9\.bias is missing, expected shape \[32\]/,
    ],
    [
      'an unknown tensor',
      ({ tensors }) => tensors.set('conv99.bias', { shape: [1], data: Float32Array.of(1) }),
      /conv99\.bias is not part/,
    ],
    [
      'another width',
      ({ metadata }) => (metadata.width = '3'),
      /conv1\.weight has shape \[2,3,3,3\], expected \[3,3,3,3\]/,
    ],
    [
      'a class without a name',
      ({ metadata }) => (metadata.classNames = '["0","1","2"]'),
      /3 names, expected 4/,
    ],
    [
      'two classes of one name',
      ({ metadata }) => (metadata.classNames = '["0","1","2","1"]'),
      /two classes are named "1"/,
    ],
    [
      'more classes than a label can hold',
      ({ metadata }) => (metadata.classes = '257'),
      /metadata "classes"/,
    ],
    [
      'a NaN',
      ({ tensors }) => (tensors.get('conv2.weight')!.data[7] = Number.NaN),
      /conv2\.weight: value 7 is NaN/,
    ],
  ];
  for (const [name, change, message] of cases) {
    t.throws(() => decodeModel(changed(change), 'model'), message, name);
    t.throws(() => decodeModel(changed(change), 'model'), DataError, name);
  }
});

t.test('what could not be read back is not written', async (t) => {
  const named = (...classNames: string[]) => encodeModel({ ...model, classNames });
  t.strictSame(decodeModel(named('a', 'b', '', 'c,d'), 'm').model.classNames, ['a', 'b', '', 'c,d']);
  t.throws(() => named('a', 'b', 'b', 'e'), /two classes are named "b"/);
  const many = randomModel({ task: 'segment', width: 1, channels: 1, classes: 256 });
  t.throws(() => encodeModel(many), /256 classes, expected at most 255/);
});

t.test('He initialisation: mean 0, variance 2 / fan-in, biases 0, the same for the same seed', async (t) => {
  const fanIns = { conv10: 9 * 128, convtranspose1: (9 / 4) * 128 };
  const wide = buildLayers({ task: 'segment', width: 8, channels: 1, classes: 2 });
  const parameters = initialParameters(
    wide.filter(({ name }) => name in fanIns),
    4,
  );
  for (const [name, fanIn] of Object.entries(fanIns)) {
    const weight = parameters.get(`${name}.weight`)!;
    const mean = weight.reduce((sum, w) => sum + w, 0) / weight.length;
    const variance = weight.reduce((sum, w) => sum + w * w, 0) / weight.length;
    t.ok(Math.abs(mean) < 0.01 * Math.sqrt(2 / fanIn), `${name}: mean ${mean}`);
    t.ok(Math.abs(variance * fanIn - 2) < 0.04, `${name}: variance ${variance}`);
    t.ok(parameters.get(`${name}.bias`)!.every((bias) => bias === 0));
  }
  const bytesOf = (seed: number) =>
    Buffer.concat(
      [...initialParameters(model.layers, seed).values()].map((values) => Buffer.from(values.buffer)),
    );
  t.ok(bytesOf(4).equals(bytesOf(4)));
  t.notOk(bytesOf(4).equals(bytesOf(5)));
});
