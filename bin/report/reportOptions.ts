/** The options of `report`. */

import { type Command, InvalidArgumentError } from 'commander';
import { USUAL_SIGMA } from '../../lib/measure/evaluateTask.js';
import { addDataOptions, type DataOptions } from '../cli/dataOptions.js';
import { addSimulationOptions, type SimulationOptions } from '../cli/modelOptions.js';
import { count, greyLevels, naturalNumber } from '../cli/parse.js';
import type { SharedOptions } from '../cli/stage.js';

export interface ReportOptions extends SimulationOptions, Partial<DataOptions>, SharedOptions {
  readonly model: string;
  readonly unet?: string;
  readonly image?: string;
  readonly label?: string;
  readonly pictures: number;
  readonly sigma?: number;
  /** Signals whose rates are shown. */
  readonly rates?: readonly string[];
  /** On how many pictures the error of layers is measured; undefined: on one, where it can be. */
  readonly check?: number;
  /** The signal whose neurons are in the raster. */
  readonly layer?: string;
  readonly pixel?: readonly [row: number, column: number];
  /** The folder of a training. */
  readonly run?: string;
  readonly out: string;
}

export function addReportOptions(command: Command): void {
  addDataOptions(command);
  addSimulationOptions(command);
  command
    .requiredOption('--model <file>', 'a spiking network: a file, or the name of a bundled model')
    .option('--unet <file>', 'the U-Net that it was made of, if the model does not hold it')
    .option('--image <file>', 'one picture (for a denoiser a clean one), in place of --dataset')
    .option('--label <file>', 'its class ids as grey levels, or black and white')
    .option('--pictures <n>', 'how many test images of --dataset, from the first', count, 3)
    .option(
      '--sigma <levels>',
      `noise that a denoiser has to remove, in grey levels (default: ${USUAL_SIGMA})`,
      greyLevels,
    )
    .option(
      '--rates <names>',
      'layers whose rates are shown, as relu1,relu2 (default: those after concatenations)',
      (text: string) => text.split(','),
    )
    .option(
      '--check <n>',
      'pictures that the error of each layer is measured on, from the first; 0: leave it out (default: 1)',
      naturalNumber,
    )
    .option('--layer <name>', 'the layer of the raster (default: the last with neurons)')
    .option('--pixel <row,column>', 'the pixel of the raster (default: the middle of the picture)', pixel)
    .option('--run <dir>', 'the run folder of its training, for the curves')
    .option('--out <file>', 'the report', 'report.html');
}

/** ROW,COLUMN, from 0. */
function pixel(text: string): readonly [row: number, column: number] {
  const [row, column, ...more] = text.split(',');
  if (column === undefined || more.length > 0)
    throw new InvalidArgumentError('expected ROW,COLUMN, such as 10,20');
  return [naturalNumber(row), naturalNumber(column)];
}
