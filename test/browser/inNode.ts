/** The networks of the page as Node runs them: what it must give as well. */

import { readFileSync } from 'node:fs';
import { answerFiles } from '../../bin/cli/answerFiles.js';
import { encodeDump } from '../../bin/cli/dumpFile.js';
import { paperTwin } from '../../lib/convert/paperTwin.js';
import { type SpikingModel, toSpikingModel, withBits } from '../../lib/convert/spikingModel.js';
import { chooseEngine } from '../../lib/engine/choose.js';
import { cropOutput, padImage } from '../../lib/engine/predict.js';
import { decodeModel } from '../../lib/model/model.js';
import { modelInput } from '../../lib/model/modelInput.js';
import { decodeImage } from '../../lib/picture/decode.js';
import type { Image } from '../../lib/picture/image.js';

export const driveBytes = readFileSync('fixtures/models/drive.safetensors');
export const { model: drive } = decodeModel(driveBytes, 'drive');
export const oneStep = toSpikingModel(drive, 'drive');
export const paper = paperTwin(drive, 'drive');
/** As the page has them at first. */
export const whole = withBits(oneStep, { bits: 8 });

/** As the page writes numbers. */
export const thousands = (count: number) => count.toLocaleString('en');

/** What Node makes of a picture. */
export function inNode(spiking: SpikingModel, picture: Image, steps: number) {
  const engine = chooseEngine();
  const program = engine.prepare(spiking);
  const input = modelInput(spiking, picture);
  const image = padImage(input, program.multipleOf);
  const simulation = program.simulate(image, { steps, keep: spiking.bits ? [] : ['flows'] });
  const { output, spikes } = simulation;
  const { height, width } = picture;
  engine.dispose();
  return {
    spikes,
    answer: () => {
      const cropped = cropOutput(output, image, picture);
      const [[, png]] = answerFiles(spiking, { picture, input: input.data, output: cropped, steps }, false);
      return decodeImage(png, 'answer');
    },
    dump: () => encodeDump(spiking, { image, output, simulation }, { height, width, steps, spiking }),
  };
}
