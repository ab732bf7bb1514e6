/** What `convert` prints: lambdas and thresholds of each layer, and how thresholds were chosen. */

import type { ConvertedModel } from '../../lib/convert/spikingModel.js';
import type { Converted } from '../../lib/diagnose/convertUnet.js';
import { bitsOfLayer } from '../../lib/integer/bitWidths.js';
import { handsOnCurrent, hasNeuron } from '../../lib/net/network.js';
import type { Result } from '../cli/stage.js';
import { table, thousands } from '../cli/table.js';
import type { CalibrationSet } from './calibrationSet.js';
import { type CheckReport, checkText } from './checkTable.js';

export function conversionReport(
  file: string,
  { spiking, silent, auto, autoBits }: Converted,
  { inputs, description }: CalibrationSet,
  checked: CheckReport | undefined,
): Result {
  const { conversion } = spiking;
  const layers = layersOf(spiking);
  const rows = layers.map(({ name, lambdaIn, lambdaOut, channelLambdas, thresholds, neuron, bits }) => [
    name,
    lambdaIn.map(short).join(' | '),
    channelLambdas ? rangeOf(channelLambdas) : short(lambdaOut),
    thresholds > 0 ? `${neuron}, ${thresholds}` : neuron,
    ...(conversion.bits === undefined ? [] : [bits === undefined ? '' : String(bits)]),
  ]);
  const { spiking: _, assignment: __, ...choice } = auto ?? {};
  const { spiking: ___, ...bitsChoice } = autoBits ?? {};
  const columns = ['layer', 'lambda in', 'lambda out', 'neuron, thresholds'];
  return {
    json: {
      ...{ model: file, ...conversion, images: inputs.length, calibration: description, layers, silent },
      ...(auto && { auto: choice }),
      ...(autoBits && { autoBits: bitsChoice }),
      ...(checked && { check: checked }),
    },
    text: [
      table(conversion.bits === undefined ? columns : [...columns, 'bits'], rows),
      ...(auto ? [choiceText(spiking, auto)] : []),
      ...(autoBits ? [bitsText(spiking, autoBits)] : []),
      ...(checked ? [`\n${checkText(checked)}\n`] : []),
      ...(silent.length > 0 ? [silenceText(silent, layers.length)] : []),
      `${file}: ${conversion.normalisation}-wise, measured on ${description}`,
    ].join('\n'),
  };
}

/** A warning about silent layers: a network that has them may give the same output for every picture. */
function silenceText(silent: readonly string[], layers: number): string {
  const some = silent.length < layers / 2 ? silent.join(', ') : `${silent.length} layers`;
  return `warning: ${some}: hardly anything is above 0 on these images (trained long enough? the right pictures?)`;
}

function layersOf({ layers, conversion, channelLambdas }: ConvertedModel) {
  const { neuron, thresholds, thresholdsOf, inputLambdas, lambdas, bits, bitsOf } = conversion;
  return layers.map((layer) => ({
    name: layer.name,
    lambdaIn: inputLambdas[layer.name],
    lambdaOut: lambdas[layer.name],
    ...(channelLambdas?.has(layer.output) && { channelLambdas: [...channelLambdas.get(layer.output)!] }),
    thresholds: hasNeuron(layer) ? (thresholdsOf?.[layer.output] ?? thresholds).length : 0,
    neuron: hasNeuron(layer) ? neuron : handsOnCurrent(layer) ? 'none' : 'none (read-out)',
    ...(bits !== undefined && layer.op.hasWeights && { bits: bitsOfLayer({ bits, bitsOf }, layer) }),
  }));
}

/** The thresholds that were chosen for each layer, and what is lost by them. */
function choiceText({ configuration }: ConvertedModel, auto: NonNullable<Converted['auto']>): string {
  const rows = auto.layers.map(({ signal, thresholds, spikes, oneFewer }) => [
    signal,
    String(thresholds),
    thousands(spikes),
    oneFewer ? `+${(100 * oneFewer.error).toPrecision(3)} %` : '',
    oneFewer ? thousands(oneFewer.spikes) : '',
  ]);
  const unit = unitOf(configuration);
  const kept = auto.reached ? 'at most' : 'NOT reached with the most thresholds:';
  return [
    `\n${table(['layer', 'thresholds', 'spikes', 'one fewer: error', 'spikes'], rows)}`,
    `differs from the U-Net by ${unit(auto.loss)} (${kept} ${unit(auto.tolerance)} wanted) on ${auto.images} images\n`,
  ].join('\n');
}

/** What is lost by the bits that were chosen. */
function bitsText({ configuration }: ConvertedModel, auto: NonNullable<Converted['autoBits']>): string {
  const unit = unitOf(configuration);
  const kept = auto.reached ? 'at most' : 'NOT reached with 16 bits:';
  return `\nwhole numbers differ from the U-Net by ${unit(auto.loss)} more than float32 (${kept} ${unit(auto.tolerance)} wanted) on ${auto.images} images\n`;
}

function unitOf({ task }: ConvertedModel['configuration']): (value: number) => string {
  return (value) =>
    task === 'denoise' ? `${value.toFixed(3)} dB` : `${(100 * value).toFixed(3)} % of the pixels`;
}

function rangeOf(lambdas: readonly number[]): string {
  return `${short(Math.min(...lambdas))} .. ${short(Math.max(...lambdas))}`;
}

function short(value: number): string {
  return value.toPrecision(4);
}
