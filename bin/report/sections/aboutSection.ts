/** What was run: the command, versions, hashes, and the neurons of the network. */

import type { SpikingModel } from '../../../lib/convert/spikingModel.js';
import { html } from '../../html/html.js';
import { scrolling, tableHtml } from '../../html/sectionHtml.js';
import type { Findings } from '../findings.js';
import type { Section } from '../section.js';

export const aboutSection: Section = {
  id: 'about',
  title: 'What was run',
  render(findings) {
    const { command, models, pictures } = findings;
    const facts = tableHtml({ header: ['what', 'value'], rows: factsOf(findings) });
    const files = [...models, ...pictures].map(({ name, sha256 }) => [name, sha256]);
    const hashes = tableHtml({ header: ['file', 'SHA-256'], rows: files });
    return {
      says: 'The command below, with the same files, gives the numbers of this page again, bit by bit.',
      body: html`<pre><code>${command}</code></pre>
${scrolling('Facts', facts)}${scrolling('Hashes', hashes)}`,
    };
  },
};

type Fact = readonly [what: string, value: string];

function factsOf({ versions, spiking, steps, sigma, against }: Findings): Fact[] {
  const { configuration, classNames, neuron, neuronParameters, conversion } = spiking;
  const { task, width, channels, classes } = configuration;
  return [
    ['program', versions],
    [
      'task',
      task === 'segment' ? `segment: ${classNames.join(', ')}` : `denoise, sigma ${sigma} grey levels`,
    ],
    ['network', `width ${width}, ${channels} -> ${classes} channels`],
    ['steps T', String(steps)],
    ['neuron', `${neuron.name} (${conversion.origin})`],
    ['thresholds', volts(neuronParameters.thresholds)],
    ...ownThresholds(conversion),
    ...wholeNumbers(spiking),
    ['compared with', against],
  ];
}

/** Layers with other thresholds, if there are any. */
function ownThresholds({ thresholdsOf = {} }: SpikingModel['conversion']): Fact[] {
  const layers = Object.entries(thresholdsOf);
  if (layers.length === 0) return [];
  const each = layers.map(([signal, thresholds]) => `${signal}: ${volts(thresholds)}`);
  return [['thresholds of layers', each.join('; ')]];
}

/** The bits of a network in whole numbers. */
function wholeNumbers({ bits, bitsOf = {}, membraneBits }: SpikingModel): Fact[] {
  if (bits === undefined) return [];
  const others = Object.entries(bitsOf).map(([layer, own]) => `, ${layer}: ${own}`);
  const membranes = membraneBits === undefined ? '' : `, membranes of ${membraneBits}`;
  return [['whole numbers', `weights of ${bits} bits${others.join('')}${membranes}`]];
}

function volts(thresholds: readonly number[]): string {
  return `${thresholds.join(', ')} V`;
}
