import t from 'tap';
import { UsageError } from '../../lib/core/error.js';
import { inputSize, outputDims, parameterShapes, totalChannelsIn } from '../../lib/net/architecture.js';
import { buildLayers } from '../../lib/net/architectures.js';

const layers = buildLayers({ task: 'segment', width: 64, channels: 3, classes: 32 });
const byName = new Map(layers.map((layer) => [layer.name, layer]));

t.test('19 convolutions, 4 transposed ones and 4 poolings in the order of the paper', async (t) => {
  t.strictSame(
    layers.map((layer) => layer.name),
    [
      ...['conv1', 'conv2', 'pooling1', 'conv3', 'conv4', 'pooling2', 'conv5', 'conv6', 'pooling3'],
      ...['conv7', 'conv8', 'pooling4', 'conv9', 'conv10'],
      ...['convtranspose1', 'conv11', 'conv12', 'convtranspose2', 'conv13', 'conv14'],
      ...['convtranspose3', 'conv15', 'conv16', 'convtranspose4', 'conv17', 'conv18', 'conv19'],
    ],
  );
});

t.test('the shapes of a PyTorch state dict of width 64', async (t) => {
  const shape = (name: string) => parameterShapes(byName.get(name)!).get('weight');
  t.strictSame(shape('conv1'), [64, 3, 3, 3]);
  t.strictSame(shape('conv10'), [1024, 1024, 3, 3]);
  t.strictSame(shape('convtranspose1'), [1024, 512, 3, 3]);
  t.strictSame(shape('conv11'), [512, 1024, 3, 3], 'after the concatenation');
  t.strictSame(shape('conv17'), [64, 128, 3, 3]);
  t.strictSame(shape('conv19'), [32, 64, 1, 1]);
  const denoiser = buildLayers({ task: 'denoise', width: 8, channels: 3, classes: 3 });
  t.strictSame(
    parameterShapes(denoiser.at(-1)!).get('weight'),
    [3, 8, 3, 3],
    'denoising ends with a 3x3 convolution',
  );
});

t.test('skip connections join (skip, up) at the same resolution', async (t) => {
  for (const [conv, skip, up] of [
    ['conv11', 'relu8', 'relu_convtranspose1'],
    ['conv13', 'relu6', 'relu_convtranspose2'],
    ['conv15', 'relu4', 'relu_convtranspose3'],
    ['conv17', 'relu2', 'relu_convtranspose4'],
  ]) {
    t.strictSame(byName.get(conv)!.inputs, [skip, up]);
  }
});

t.test('every layer reads signals that exist, with the channels and the size they have', async (t) => {
  const known = new Map([['image', { height: 64, width: 32, channels: 3 }]]);
  for (const layer of layers) {
    const inputs = layer.inputs.map((name) => known.get(name));
    t.strictSame(
      inputs,
      layer.channelsIn.map((channels) => ({ ...inputSize(layer, 64, 32), channels })),
      layer.name,
    );
    t.equal(
      totalChannelsIn(layer),
      layer.channelsIn.reduce((a, b) => a + b),
    );
    known.set(layer.output, outputDims(layer, 64, 32));
  }
  t.strictSame(known.get('output'), { height: 64, width: 32, channels: 32 });
});

t.test('configurations that make no sense are refused', async (t) => {
  for (const wrong of [{ width: 0 }, { width: 1.5 }, { channels: 0 }, { classes: Number.NaN }]) {
    t.throws(() => buildLayers({ task: 'segment', width: 1, channels: 1, classes: 2, ...wrong }), UsageError);
  }
});
