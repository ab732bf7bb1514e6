/** The report of `spiking-unet report`, made here of what the page has open. */

import { UsageError } from '../../../../lib/core/error.js';
import { sha256 } from '../../../../lib/core/sha256.js';
import type { Engine } from '../../../../lib/engine/door.js';
import type { Findings } from '../../../report/findings.js';
import { measureFindings } from '../../../report/measureFindings.js';
import { pageOf } from '../../../report/reportPage.js';
import { fetched } from '../fetched.js';
import { SEED } from './judge.js';
import type { Happened } from './moments.js';

/** Of this package; the build puts it here. */
declare const VERSION: string;

export async function reportOf(
  { choice, model, task, last, picture }: Happened,
  engine: Engine,
  remark: (text: string) => void,
): Promise<string> {
  const { network: spiking, steps } = last;
  const { sample, sigma } = task;
  const { file, unet } = model;
  if (spiking.configuration.task === 'denoise' && sigma === 0)
    throw new UsageError('a report on a denoiser needs a clean picture: choose some noise to remove');
  const progress = (label: string, total: number) => ({
    update: (done: number) => remark(`The report: ${label}, ${done} of ${total}.`),
    stop: () => {},
  });
  const measured = measureFindings(
    { spiking, unet, steps },
    [sample],
    // the error of each layer takes two runs a layer: too long to wait for here
    { seed: SEED, sigma, layer: choice.signal, mode: 'auto', check: 0 },
    { engine, progress, log: remark },
  );
  const conversion = choice.conversion === 'paper' ? "the paper's conversion" : 'its own conversion';
  const numbers = spiking.bits === undefined ? 'float32' : `whole numbers, weights of ${spiking.bits} bits`;
  const findings: Findings = {
    command: `spiking-unet page: ${file.name}, ${conversion}, ${numbers}, T = ${steps}, ${sample.name}`,
    versions: `spiking-unet ${VERSION}, ${navigator.userAgent}, engine ${engine.name}`,
    models: [{ name: file.name, sha256: sha256(file.bytes) }],
    pictures: [{ name: sample.name, sha256: sha256(picture.file.bytes) }],
    ...measured,
  };
  const [script, style] = await Promise.all(
    ['charts.js', 'page.css'].map(async (name) => (await fetched(name)).text()),
  );
  return pageOf(findings, { script, style }).text;
}
