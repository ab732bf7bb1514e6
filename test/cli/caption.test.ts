/** Figures name each network by its neuron and by how it was made. */

import t from 'tap';
import { captionOf } from '../../bin/cli/caption.js';

t.test('networks of the same T have names of their own', async (t) => {
  const spiking = (notes: Record<string, string>) => captionOf({ stage: 'snn', notes }, 10);
  t.equal(captionOf({ stage: 'ann', notes: {} }, 0), 'U-Net');
  t.equal(spiking({ neuron: 'mt', origin: 'converted' }), 'MT, converted, T=10');
  t.equal(spiking({ neuron: 'rs', origin: 'converted', steps: '10' }), 'RS, fine-tuned, T=10');
  t.equal(spiking({ neuron: 'ml', origin: 'direct', steps: '10' }), 'ML, direct, T=10');
  t.equal(spiking({ neuron: 'mt', bits: '8' }), 'MT, converted, 8 bits, T=10');
});
