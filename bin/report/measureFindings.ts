/**
 * Runs the networks of a report on its pictures, and measures all that its sections show. It reads no files
 * and needs no Node: the page in the browser makes reports as well.
 */

import { type SpikingModel, scalesOf } from '../../lib/convert/spikingModel.js';
import { UsageError } from '../../lib/core/error.js';
import { withLabels } from '../../lib/diagnose/checkConversion.js';
import { type Column, overSteps, stepsUpTo } from '../../lib/diagnose/overSteps.js';
import { firingRates } from '../../lib/diagnose/rates.js';
import { type Engine, withProgram } from '../../lib/engine/door.js';
import { padImage, unetRun } from '../../lib/engine/predict.js';
import { spikingRun } from '../../lib/engine/readout.js';
import { energyReport } from '../../lib/measure/energyModels.js';
import { evaluateRun, scoreName, USUAL_SIGMA } from '../../lib/measure/evaluateTask.js';
import type { OnImage } from '../../lib/measure/imageResult.js';
import type { Model } from '../../lib/model/model.js';
import { multipleOf } from '../../lib/net/graph.js';
import { hasNeuron, hasRelu } from '../../lib/net/network.js';
import { inputOf, type Sample } from '../../lib/picture/sample.js';
import { isOfBytes, type KnownEnergy } from '../cli/energyTable.js';
import type { Context } from '../cli/stage.js';
import { checkOf } from './checkOf.js';
import type { Findings, Shown } from './findings.js';
import { type LayerRates, layerRates } from './layerRates.js';
import type { Networks } from './reportInputs.js';
import type { ReportOptions } from './reportOptions.js';

/** The most t at which the metric is measured. */
const MOST_POINTS = 20;

/** What is measured of networks on pictures; the rest of the findings says where these come from. */
export type Measured = Omit<Findings, 'command' | 'versions' | 'models' | 'pictures' | 'training'>;
export type MeasuredNetworks = Omit<Networks, 'hashes'>;
export type MeasuringOptions = Pick<
  ReportOptions,
  'sigma' | 'seed' | 'mode' | 'layer' | 'pixel' | 'rates' | 'check'
>;

export function measureFindings(
  networks: MeasuredNetworks,
  samples: readonly Sample[],
  options: MeasuringOptions,
  context: Pick<Context, 'engine' | 'progress' | 'log'>,
): Measured {
  const { spiking, unet, steps } = networks;
  const { task } = spiking.configuration;
  const { engine } = context;
  const judged = { sigma: options.sigma ?? USUAL_SIGMA, seed: options.seed };
  const { against, labelled } = withTruth(engine, networks, samples);
  const column = columnOf(options, spiking, samples[0]);
  const times = stepsUpTo(steps, MOST_POINTS);
  const bar = context.progress(
    'simulating',
    times.reduce((sum, t) => sum + t, 0),
  );
  const seen: { sample: Sample; seen: Float32Array; spiking: Shown['spiking'] }[] = [];
  const over = overSteps(engine, spiking, labelled, {
    ...{ ...judged, steps: times, mode: options.mode, column, onSteps: (done) => bar.update(done) },
    onImage: (sample, prediction, input) => seen.push({ sample, seen: input, spiking: prediction }),
  });
  const unets: Shown['unet'][] = [];
  const onUnet: OnImage = (_, prediction) => unets.push(prediction);
  const ofUnet =
    unet &&
    withProgram(engine, unet, (program) => evaluateRun(unet, labelled, unetRun(program), judged, onUnet));
  const first = inputOf(samples[0], seen[0].seen);
  return {
    ...{ spiking, steps, against, column },
    metric: scoreName(spiking),
    ...(task === 'denoise' && { sigma: judged.sigma }),
    shown: seen.map((one, i) => ({ ...one, unet: unets[i] })),
    ...{ unet: ofUnet, overSteps: over },
    rates: ratesOf(engine, networks, padImage(first, multipleOf(spiking.layers)), options.rates),
    check: checkOf(engine, networks, samples, options, context),
    energy: energyOf(spiking, over.activity.costs),
  };
}

/** The samples with what they are compared with: labels, or else what a network answers. */
function withTruth(
  engine: Engine,
  { unet, spiking, steps }: MeasuredNetworks,
  samples: readonly Sample[],
): { readonly against: Findings['against']; readonly labelled: readonly Sample[] } {
  const { task, classes } = spiking.configuration;
  if (task === 'denoise') return { against: 'clean pictures', labelled: samples };
  if (samples.every(({ label }) => label)) return { against: 'labels', labelled: samples };
  return {
    against: unet ? "the U-Net's answer" : 'its own answer at T',
    labelled: withProgram(engine, unet ?? spiking, (program) =>
      withLabels(unet ? unetRun(program) : spikingRun(program, task, { steps }), classes, samples),
    ),
  };
}

/** The column of the raster: as the options say, or that of the last layer above the middle. */
function columnOf(
  { layer, pixel }: MeasuringOptions,
  { layers }: Model,
  { height, width }: Pick<Sample, 'height' | 'width'>,
): Column {
  const [row, column] = pixel ?? [Math.floor(height / 2), Math.floor(width / 2)];
  return { signal: layer ?? layers.filter(hasNeuron).at(-1)!.output, row, column };
}

/** Rates of the named layers, or of those that read a concatenation, or else of the last. */
function ratesOf(
  engine: Engine,
  { unet, spiking, steps }: MeasuredNetworks,
  image: Parameters<typeof firingRates>[2],
  named: readonly string[] | undefined,
): LayerRates[] | undefined {
  if (!unet || spiking.conversion.origin === 'direct') {
    if (named) throw new UsageError('--rates: needs a converted network, and its U-Net (--unet FILE)');
    return undefined;
  }
  const known = scalesOf(spiking, spiking.conversion)
    .map(({ layer }) => layer)
    .filter(hasNeuron);
  const unknown = named?.find((name) => !known.some(({ output }) => output === name));
  if (unknown !== undefined)
    throw new UsageError(
      `--rates ${unknown}: has no neurons, expected some of ${known.map(({ output }) => output).join(', ')}`,
    );
  const relus = known.filter(hasRelu);
  const joined = relus.filter(({ inputs }) => inputs.length > 1);
  const usual = (joined.length > 0 ? joined : relus.slice(-1)).map(({ output }) => output);
  return firingRates(engine, { unet, spiking }, image, named ?? usual, steps).map(layerRates);
}

/** What `energy` says; undefined for networks whose weights differ from step to step. */
function energyOf(
  spiking: SpikingModel,
  costs: Findings['overSteps']['activity']['costs'],
): KnownEnergy | undefined {
  if (spiking.batchNormalisation) return undefined;
  const { whole, ...report } = energyReport(spiking.layers, costs);
  return { ...report, ...(isOfBytes(spiking) && { whole }) };
}
