/** Conventional back-propagation (section 3.1) as a method: how a U-Net learns. */

import { OUTPUT } from '../../net/architecture.js';
import { signalOf } from '../../net/network.js';
import { forward } from '../simulate/forward.js';
import { backward, unetTrace } from './backward.js';
import { lossOf } from './lossOf.js';
import type { Method } from './method.js';

export const backprop: Method = {
  name: 'back-propagation',
  gradient(kernels, network, { image, target }) {
    const frame = { kernels, network, height: image.height, width: image.width };
    const signals = forward(frame, image.data);
    const { loss, gradOutput } = lossOf(kernels, signalOf(signals, OUTPUT), target);
    return { loss, gradients: backward(frame, unetTrace(network, signals), gradOutput) };
  },
};
