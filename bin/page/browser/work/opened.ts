/** The model and the picture that the page has open, from the bytes of their files. */

import { paperTwin } from '../../../../lib/convert/paperTwin.js';
import { type SpikingModel, toSpikingModel, toUnet } from '../../../../lib/convert/spikingModel.js';
import { DEFAULT_STEPS, stepsOf } from '../../../../lib/convert/usualSteps.js';
import { DataError } from '../../../../lib/core/error.js';
import { decodeModel, imageChannels, type Model } from '../../../../lib/model/model.js';
import { hasNeuron } from '../../../../lib/net/network.js';
import { exact } from '../../../../lib/neuron/exact.js';
import { neuronOf } from '../../../../lib/neuron/spikingNetwork.js';
import { classColour } from '../../../../lib/picture/colour.js';
import { decodeImage, decodeRasters } from '../../../../lib/picture/decode.js';
import type { Image } from '../../../../lib/picture/image.js';
import { drawnMask, storedLabel } from '../../../../lib/picture/label.js';
import { preprocess } from '../../../../lib/picture/preprocess.js';
import type { Sample } from '../../../../lib/picture/sample.js';
import { errorColours } from '../../../report/sections/picturesSection.js';
import type { GivenPicture, ModelCard, NamedBytes } from '../messages.js';
import { wholeNetwork } from './wholeNetwork.js';

export interface OpenModel {
  readonly file: NamedBytes;
  readonly card: ModelCard;
  /** By their conversion; the paper's only of a file that also holds the U-Net. */
  readonly spiking: { readonly stored: SpikingModel; readonly paper?: SpikingModel };
  readonly unet?: Model;
}

/** Reads a model; DataError for one without spikes. */
export function openModel(file: NamedBytes): OpenModel {
  const { name } = file;
  const { model } = decodeModel(file.bytes, name);
  if (model.stage === 'ann')
    throw new DataError(`${name}: is a U-Net without a conversion: run "spiking-unet convert" first`);
  const stored = toSpikingModel(model, name);
  const { paper, why } = paperOf(model, name);
  const { task } = model.configuration;
  const signals = stored.layers.filter(
    (layer) => hasNeuron(layer) && neuronOf(stored, layer).neuron !== exact.neuron,
  );
  const card: ModelCard = {
    ...{ task, steps: stepsOf(stored.conversion), paperSteps: DEFAULT_STEPS, noPaper: why },
    ...{ noWhole: whyNotWhole(stored), onlyWhole: stored.bits !== undefined },
    differences: errorColours(model.classNames.length),
    classes: model.classNames.map((name, id) => ({
      name,
      colour: `rgb(${shownColour(id, model).join(' ')})`,
    })),
    signals: signals.map(({ output, channelsOut }) => ({ name: output, channels: channelsOut })),
  };
  return {
    ...{ file, card, spiking: { stored, ...(paper && { paper }) } },
    ...(model.stage === 'both' && { unet: toUnet(model, name) }),
  };
}

/** Two classes are shown in black and white. */
function shownColour(id: number, { classNames }: Model): readonly number[] {
  return classNames.length === 2 ? [255 * id, 255 * id, 255 * id] : classColour(id);
}

function whyNotWhole(model: SpikingModel): string | undefined {
  try {
    wholeNetwork(model);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function paperOf(model: Model, name: string): { paper?: SpikingModel; why?: string } {
  try {
    return { paper: paperTwin(model, name) };
  } catch (error) {
    return { why: (error as Error).message };
  }
}

export interface OpenPicture {
  readonly file: GivenPicture;
  readonly image: Image;
}

export function openPicture(file: GivenPicture): OpenPicture {
  return { file, image: decodeImage(file.bytes, file.name) };
}

/** The picture as a model reads it. A label counts only for models of the data set that has its classes. */
export function sampleOf({ file, image }: OpenPicture, model: Model): Sample {
  const { height, width } = image;
  const channels = imageChannels(model);
  const { classes, task } = model.configuration;
  const stored = (bytes: Uint8Array) => storedLabel(decodeRasters(bytes, file.name)[0], file.name);
  const isKnown = file.label && task === 'segment' && model.notes.dataset === file.dataset;
  const label = isKnown ? labelOf(stored(file.label!), classes) : undefined;
  return {
    ...{ name: file.name, height, width, channels, picture: image },
    input: preprocess(model.preprocess, image, channels),
    ...(label && { label, ...(file.mask && { fov: drawnMask(stored(file.mask)) }) }),
  };
}

/** Class ids of a label, which two classes may draw in black and white. */
function labelOf(stored: ReturnType<typeof storedLabel>, classes: number): Uint8Array {
  return classes === 2 ? drawnMask(stored) : Uint8Array.from(stored.values);
}
