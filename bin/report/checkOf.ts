/** Where the conversion lost accuracy: what `convert --check` measures, on the first pictures of a report. */

import { DataError, UsageError } from '../../lib/core/error.js';
import { checkConversion, runsOf } from '../../lib/diagnose/checkConversion.js';
import type { Engine } from '../../lib/engine/door.js';
import { USUAL_SIGMA } from '../../lib/measure/evaluateTask.js';
import type { Sample } from '../../lib/picture/sample.js';
import type { Context } from '../cli/stage.js';
import type { PicturesCheck } from './findings.js';
import type { Networks } from './reportInputs.js';
import type { ReportOptions } from './reportOptions.js';

/** Pictures; each is run twice for every layer. */
const USUAL = 1;

/**
 * undefined where --check 0 leaves it out, or where it is not asked for and cannot be measured; if that is
 * because nothing is to be found in the pictures, a remark says so. UsageError or DataError where it is asked
 * for and cannot be measured.
 */
export function checkOf(
  engine: Engine,
  { unet, spiking, steps }: Omit<Networks, 'hashes'>,
  samples: readonly Sample[],
  { check: asked, sigma = USUAL_SIGMA, seed }: Pick<ReportOptions, 'check' | 'sigma' | 'seed'>,
  { progress, log }: Pick<Context, 'progress' | 'log'>,
): PicturesCheck | undefined {
  const most = asked ?? USUAL;
  if (most === 0) return undefined;
  if (!unet || spiking.conversion.origin === 'direct') {
    if (asked === undefined) return undefined;
    throw new UsageError('--check: needs a converted network, and its U-Net (--unet FILE)');
  }
  if (spiking.bits !== undefined) {
    if (asked === undefined) return undefined;
    throw new UsageError(
      '--check: lets single layers spike among others that do not, which whole numbers cannot: leave it out',
    );
  }
  const first = samples.slice(0, most);
  const onRun = progress('checking', runsOf(unet)).update;
  try {
    const check = checkConversion(engine, { unet, spiking }, first, { steps, sigma, seed, onRun });
    return { ...check, pictures: first.length };
  } catch (error) {
    if (asked !== undefined || !(error instanceof DataError)) throw error;
    log(`the error of layers is left out: ${error.message}`);
    return undefined;
  }
}
