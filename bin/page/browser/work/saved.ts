/** Files to save: the answer as a picture, all that the network did, and the report. */

import { type Engine, withProgram } from '../../../../lib/engine/door.js';
import { answerFiles } from '../../../cli/answerFiles.js';
import { encodeDump } from '../../../cli/dumpFile.js';
import type { NamedBytes, Saved } from '../messages.js';
import type { Happened } from './moments.js';
import { reportOf } from './reportHere.js';

type SavedFile = NamedBytes & { readonly type: string };

/** Makes a file; `remark` is told how far it is. */
export async function saved(
  what: Saved,
  happened: Happened,
  engine: Engine,
  remark: (text: string) => void,
): Promise<SavedFile> {
  const name = happened.task.sample.name.replace(/\.[^.]*$/, '');
  switch (what) {
    case 'answer':
      return answerOf(name, happened);
    case 'dump':
      return {
        name: `${name}.safetensors`,
        type: 'application/octet-stream',
        bytes: dumpOf(happened, engine),
      };
    case 'report': {
      const bytes = new TextEncoder().encode(await reportOf(happened, engine, remark));
      return { name: `${name}.html`, type: 'text/html', bytes };
    }
  }
}

/** The first file that `run` writes: the mask, or the clean picture. */
function answerOf(name: string, { task, output, last }: Happened): SavedFile {
  const { picture } = task.sample;
  const answer = { picture, input: task.seen, output, steps: last.steps };
  const [[ending, bytes]] = answerFiles(last.network, answer, false);
  return { name: `${name}.${ending}`, type: 'image/png', bytes };
}

/** The dump of `run --dump`. */
function dumpOf({ task, padded, last }: Happened, engine: Engine): Uint8Array {
  const { network: spiking, steps } = last;
  const { height, width } = task.sample;
  const simulation = withProgram(engine, spiking, (program) =>
    program.simulate(padded, { steps, keep: ['flows'] }),
  );
  const recording = { image: padded, output: simulation.output, simulation };
  return encodeDump(spiking, recording, { height, width, steps, spiking });
}
