/** What was run: the command, versions, hashes, and the neurons of the network. */

import type { Findings } from '../findings.js';
import { html } from '../html.js';
import { type Section, tableHtml } from '../section.js';

export const aboutSection: Section = {
  id: 'about',
  title: 'What was run',
  render(findings) {
    const { command, models, pictures } = findings;
    const facts = tableHtml({ header: ['what', 'value'], rows: factsOf(findings) });
    const files = [...models, ...pictures].map(({ name, sha256 }) => [name, sha256]);
    return {
      says: 'The command below, with the same files, gives the numbers of this page again, bit by bit.',
      body: html`<pre><code>${command}</code></pre>
<div class="wide" tabindex="0" role="region" aria-label="Facts">${facts}</div>
<div class="wide" tabindex="0" role="region" aria-label="Hashes">${tableHtml({
        header: ['file', 'SHA-256'],
        rows: files,
      })}</div>
`,
    };
  },
};

function factsOf({ versions, spiking, steps, sigma, against }: Findings): [string, string][] {
  const { configuration, classNames, neuron, neuronParameters, conversion, bits, bitsOf } = spiking;
  const { task, width, channels, classes } = configuration;
  const others = Object.entries(conversion.thresholdsOf ?? {});
  const volts = (thresholds: readonly number[]) => `${thresholds.join(', ')} V`;
  const byLayer = others.map(([signal, thresholds]) => `${signal}: ${volts(thresholds)}`).join('; ');
  const wholeOf = Object.entries(bitsOf ?? {}).map(([layer, own]) => `, ${layer}: ${own}`);
  return [
    ['program', versions],
    [
      'task',
      task === 'segment' ? `segment: ${classNames.join(', ')}` : `denoise, sigma ${sigma} grey levels`,
    ],
    ['network', `width ${width}, ${channels} -> ${classes} channels`],
    ['steps T', String(steps)],
    ['neuron', `${neuron.name} (${spiking.conversion.origin})`],
    ['thresholds', volts(neuronParameters.thresholds)],
    ...(byLayer ? [['thresholds of layers', byLayer] as [string, string]] : []),
    ...(bits === undefined
      ? []
      : [['weights', `whole numbers of ${bits} bits${wholeOf.join('')}`] as [string, string]]),
    ['compared with', against],
  ];
}
