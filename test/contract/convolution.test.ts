/** Convolutions and their gradients against PyTorch (fixtures/make/kernel.py). */

import t, { type Test } from 'tap';
import { packConv, packConvTranspose, toHwc } from '../../lib/tensor/layout.js';
import { guarded, near, readGolden } from '../support/golden.js';
import { backends } from './backends.js';

const hwc = ({ data, shape: [c, h, w] }: { data: Float32Array; shape: number[] }) => toHwc(data, c, h, w);

for (const [engine, kernels] of backends) {
  t.test(`${engine}: conv2d`, async (t) => {
    const golden = readGolden('kernel/conv2d.safetensors');
    for (let k = 0; k < 8; k++) {
      const of = (name: string) => golden.tensor(`${k}.${name}`);
      const [channelsOut, channelsIn, kernel] = of('weight').shape;
      const [, height, width] = of('input').shape;
      const dims = {
        height,
        width,
        channelsIn,
        channelsOut,
        kernel: kernel === 1 ? (1 as const) : (3 as const),
      };
      const label = `${kernel}x${kernel}, ${channelsIn} -> ${channelsOut}, ${height}x${width}`;
      const [input, gradOut, gradInput] = [of('input'), of('gradOut'), of('gradInput')].map(hwc);
      const weight = packConv(of('weight').data, of('weight').shape);
      const bias = of('bias').data;

      const out = guarded(t, height * width * channelsOut, label, (out) =>
        kernels.conv2dForward(out, input, weight, bias, dims),
      );
      near(t, out, hwc(of('out')), `${label}: out`);
      const byInput = guarded(t, input.length, label, (out) =>
        kernels.conv2dBackwardInput(out, gradOut, weight, dims),
      );
      near(t, byInput, gradInput, `${label}: gradInput`);
      const gradBias = new Float32Array(channelsOut);
      const gradWeight = guarded(t, weight.length, label, (out) =>
        kernels.conv2dBackwardWeight(out, gradBias, gradOut, input, dims),
      );
      near(t, gradWeight, packConv(of('gradWeight').data, of('weight').shape), `${label}: gradWeight`);
      near(t, gradBias, of('gradBias').data, `${label}: gradBias`);
    }
  });

  t.test(`${engine}: convTranspose2d`, async (t) => {
    const golden = readGolden('kernel/convTranspose2d.safetensors');
    for (let k = 0; k < 4; k++) {
      const of = (name: string) => golden.tensor(`${k}.${name}`);
      const [channelsIn, channelsOut] = of('weight').shape;
      const [, height, width] = of('input').shape;
      const dims = { height, width, channelsIn, channelsOut };
      const label = `${channelsIn} -> ${channelsOut}, ${height}x${width}`;
      const [input, gradOut, gradInput] = [of('input'), of('gradOut'), of('gradInput')].map(hwc);
      const weight = packConvTranspose(of('weight').data, of('weight').shape);
      const bias = of('bias').data;

      const out = guarded(t, 4 * height * width * channelsOut, label, (out) =>
        kernels.convTranspose2dForward(out, input, weight, bias, dims),
      );
      near(t, out, hwc(of('out')), `${label}: out`);
      const byInput = guarded(t, input.length, label, (out) =>
        kernels.convTranspose2dBackwardInput(out, gradOut, weight, dims),
      );
      near(t, byInput, gradInput, `${label}: gradInput`);
      const gradBias = new Float32Array(channelsOut);
      const gradWeight = guarded(t, weight.length, label, (out) =>
        kernels.convTranspose2dBackwardWeight(out, gradBias, gradOut, input, dims),
      );
      near(
        t,
        gradWeight,
        packConvTranspose(of('gradWeight').data, of('weight').shape),
        `${label}: gradWeight`,
      );
      near(t, gradBias, of('gradBias').data, `${label}: gradBias`);
    }
  });
}
