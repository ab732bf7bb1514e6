/** What a report is made of: its networks, its pictures, and their hashes. */

import { type SpikingModel, toUnet } from '../../lib/convert/spikingModel.js';
import { UsageError } from '../../lib/core/error.js';
import { sha256 } from '../../lib/core/sha256.js';
import { readSample } from '../../lib/data/folder.js';
import { findDataset } from '../../lib/data/index.js';
import { imageChannels, type Model } from '../../lib/model/model.js';
import { readBytes } from '../../lib/node/files.js';
import { hashOfSamples } from '../../lib/node/run/fingerprint.js';
import type { Sample } from '../../lib/picture/sample.js';
import { dataFolder, fitOf, loadSamples, requireFitting } from '../cli/dataOptions.js';
import { readModel, spikingModel } from '../cli/modelOptions.js';
import type { Context } from '../cli/stage.js';
import type { Hashed } from './findings.js';
import type { ReportOptions } from './reportOptions.js';

export interface Networks {
  readonly spiking: SpikingModel;
  /** T */
  readonly steps: number;
  readonly unet: Model | undefined;
  readonly hashes: readonly Hashed[];
}

/** The spiking network, and its U-Net if the model holds it or --unet names it. */
export function readNetworks(options: ReportOptions): Networks {
  const { model: file, unet: unetFile } = options;
  const { model, hash } = readModel(file);
  const { spiking, steps } = spikingModel(model, options, file);
  const hashes = [{ name: file, sha256: hash }];
  if (unetFile === undefined) {
    const unet = model.stage === 'both' ? toUnet(model, file) : undefined;
    return { spiking, steps, unet, hashes };
  }
  if (model.stage === 'both') throw new UsageError(`--unet: ${file} holds its own U-Net: leave it out`);
  const given = readModel(unetFile);
  const unet = toUnet(given.model, unetFile);
  const kind = ({ configuration, classNames, preprocess }: Model) =>
    JSON.stringify([Object.entries(configuration).sort(), classNames, preprocess]);
  if (kind(unet) !== kind(spiking))
    throw new UsageError(`--unet ${unetFile}: is for another task, width or input than ${file}`);
  return { spiking, steps, unet, hashes: [...hashes, { name: unetFile, sha256: given.hash }] };
}

export interface Pictures {
  readonly samples: readonly Sample[];
  readonly hashes: readonly Hashed[];
}

/** The pictures of --image, or the first test images of --dataset. */
export function readPictures(options: ReportOptions, model: Model, context: Context): Pictures {
  const { image, label, dataset, data, sigma } = options;
  const { task } = model.configuration;
  if ((image === undefined) === (dataset === undefined))
    throw new UsageError('what is the report about? Give either a --dataset or an --image');
  if (label !== undefined && image === undefined) throw new UsageError('--label: belongs to an --image');
  if (label !== undefined && task === 'denoise')
    throw new UsageError('--label: the picture of a denoiser is clean and gets noise: leave it out');
  if (data !== undefined && dataset === undefined) throw new UsageError('--data: belongs to a --dataset');
  if (sigma !== undefined && task === 'segment')
    throw new UsageError('--sigma: is for denoisers, the model segments: leave it out');
  if (image !== undefined) return readOne(image, label, model);
  const named = { ...options, dataset: dataset! };
  requireFitting(named, model);
  const samples = loadSamples(named, 'test', fitOf(model, undefined), context).slice(0, options.pictures);
  return { samples, hashes: hashesOf(samples, named, model) };
}

function readOne(image: string, label: string | undefined, model: Model): Pictures {
  const { classes } = model.configuration;
  const { preprocess } = model;
  const reading = { channels: imageChannels(model), preprocess, classes: { count: classes } };
  const files = label === undefined ? [image] : [image, label];
  return { samples: [readSample({ name: image, image, label }, reading)], hashes: files.map(hashOfFile) };
}

function hashOfFile(name: string): Hashed {
  return { name, sha256: sha256(readBytes(name)) };
}

/** Of the files of samples; of a drawn data set, whose samples have none, of the samples. */
function hashesOf(
  samples: readonly Sample[],
  { dataset: name, data }: { readonly dataset: string; readonly data?: string },
  model: Model,
): Hashed[] {
  const dataset = findDataset(name);
  const directory = dataFolder(dataset, data);
  if (!dataset.list || directory === undefined)
    return samples.map((sample) => ({
      name: `${sample.name} (drawn)`,
      sha256: hashOfSamples({ train: [sample], validation: [] }),
    }));
  const { task, classes } = model.configuration;
  const labels = task === 'segment';
  const wanted = {
    split: 'test',
    channels: imageChannels(model),
    classes: { count: classes },
    labels,
  } as const;
  const names = new Set(samples.map((sample) => sample.name));
  const listed = dataset.list(directory, wanted).filter((one) => names.has(one.name));
  return listed.flatMap(({ files }) => files.map(hashOfFile));
}
