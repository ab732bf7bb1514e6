/** convert --bits on the command line: whole numbers in the file, and what is refused. */

import { readFileSync } from 'node:fs';
import t from 'tap';
import { toSpikingModel } from '../../lib/convert/spikingModel.js';
import { decodeSafetensors } from '../../lib/format/safetensors.js';
import { decodeModel, encodeModel } from '../../lib/model/model.js';
import { spikingUnet, spikingUnetJson } from './command.js';
import { denoiserToConvert } from './denoiserToConvert.js';

const { at, denoise, pictures, snn, convert } = denoiserToConvert(t.testdir());

t.test('--bits: whole numbers in the file, and the same network when it is read', async (t) => {
  const float = convert(denoise, '--calibration', pictures, '--preset', 'one-step', '--thresholds', '4');
  t.notOk(float.error);
  const floatBytes = readFileSync(snn);
  convert(denoise, '--calibration', pictures, '--preset', 'one-step', '--thresholds', '4', '--bits', '8');
  const bytes = readFileSync(snn);
  t.ok(bytes.length < floatBytes.length, `${bytes.length} bytes, as float32 ${floatBytes.length}`);
  const { tensors, whole, metadata } = decodeSafetensors(bytes, snn, { whole: true });
  t.equal(metadata.bits, '8');
  t.ok(whole.has('conv1.weight') && whole.has('conv1.bias') && whole.has('conv19.divisor'));
  t.throws(() => decodeSafetensors(bytes, snn), { message: /conv1\.weight: dtype I8, expected one of F32/ });
  const { model } = decodeModel(bytes, snn);
  t.ok(Buffer.from(encodeModel(model)).equals(bytes), 'read and written');
  const largest = Math.max(...tensors.get('conv1.weight')!.data.map(Math.abs));
  t.ok(largest > 63 && largest <= 127, `${largest}: the bits are used`);
  const spiking = toSpikingModel(model, snn);
  t.equal(spiking.bits, 8);
  const { bits: _, ...notes } = model.notes;
  const silent = decodeModel(encodeModel({ ...model, notes }), snn).model;
  t.throws(() => toSpikingModel(silent, snn), { message: /conv1\.divisor: the network does not say/ });
});

t.test('--bits by layer: in the file, and when it is read', async (t) => {
  const result = convert(
    denoise,
    '--calibration',
    pictures,
    '--preset',
    'one-step',
    '--bits',
    '12,conv2=8,conv3=10',
  );
  t.notOk(result.error);
  const bytes = readFileSync(snn);
  const { metadata } = decodeSafetensors(bytes, snn, { whole: true });
  t.match(metadata, { bits: '12', bitsOf: '{"conv2":8,"conv3":10}' });
  t.match(bytes.toString('latin1'), /"conv2.weight":{"dtype":"I8".*"conv3.weight":{"dtype":"I16"/);
  const { model } = decodeModel(bytes, snn);
  t.ok(Buffer.from(encodeModel(model)).equals(bytes), 'read and written');
  t.match(toSpikingModel(model, snn), { bits: 12, bitsOf: { conv2: 8, conv3: 10 } });
});

t.test('--rounding compensated: said in the file', async (t) => {
  const bytes = [[], ['--rounding', 'nearest'], ['--rounding', 'compensated']].map((more) => {
    convert(denoise, '--calibration', pictures, '--preset', 'one-step', '--bits', '4', ...more);
    return readFileSync(snn);
  });
  t.same(bytes[1], bytes[0]);
  const notes = bytes.map((bytes) => decodeSafetensors(bytes, snn, { whole: true }).metadata.rounding);
  t.strictSame(notes, [undefined, undefined, 'compensated']);
});

t.test('finetune goes on with a network in whole numbers', async (t) => {
  convert(denoise, '--calibration', pictures, '--preset', 'one-step', '--bits', '8,conv2=6');
  const data = ['--dataset', 'folder', '--data', pictures];
  const options = [...data, ...'--patches 4 --batch 2 --patch 16 --lr 0.01'.split(' ')];
  const { model } = spikingUnetJson('finetune', '--model', snn, ...options, '--out', at('fine'));
  const { metadata } = decodeSafetensors(readFileSync(model), model, { whole: true });
  t.match(metadata, { bits: '8', bitsOf: '{"conv2":6}', parent: /^[0-9a-f]{64}$/ });
  for (const [more, message] of [
    [['--bits', '4'], /--bits 4: the network is in whole numbers of 8 bits already/],
    [['--method', 'bptt'], /--method bptt: cannot train a network in whole numbers; asf can/],
  ] as const) {
    const { status, stderr } = spikingUnet(
      ...['finetune', '--model', snn, ...options, '--out', at('no')],
      ...more,
    );
    t.equal(status, 2);
    t.match(stderr, message);
  }
});

t.test('--bits: what cannot be is refused', async (t) => {
  const refused = (...more: string[]) =>
    spikingUnet('convert', '--model', denoise, '--calibration', pictures, '--out', snn, ...more);
  for (const [more, message] of [
    [['--bits', '8', '--as', 'both'], /--bits: whole numbers are no U-Net/],
    [['--bits', '8', '--poolings', 'exact'], /poolings exact/],
    [['--bits', '8', '--check'], /--check: .* leave --bits out/],
    [['--bits', '8', '--neuron', 'if'], /neuron if cannot be computed with whole numbers/],
    [['--rounding', 'compensated'], /--rounding: is for a number of bits, such as 8: add one/],
    [['--rounding', 'nearest', '--bits', 'auto'], /--rounding: is for a number of bits/],
    [['--rounding', 'up', '--bits', '8'], /nearest.*compensated/],
    [['--bits', '1'], /bits 1: expected 2 to 16/],
    [['--bits', '17'], /17/],
    [['--bits', '8,conv99=4'], /bits conv99=4: no such layer/],
    [['--bits', '8,9'], /expected one number/],
    [['--bits', 'auto,conv2=4'], /need a number for the others/],
    [['--tolerance', '0.1', '--bits', '8'], /belongs to thresholds auto or bits auto/],
  ] as const) {
    const { status, stderr } = refused(...more);
    t.equal(status, 2, more.join(' '));
    t.match(stderr, message);
  }
});
