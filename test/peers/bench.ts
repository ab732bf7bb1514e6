/**
 * npm run bench:peers -- [--peers DIR] [--python COMMAND] [the options of `spiking-unet bench`]: our speed
 * beside that of TensorFlow.js, ONNX Runtime and PyTorch, on the same inputs and weights, where they are
 * installed. A command of the checkout, not of the package.
 */

import { addSceneOptions, benchOptions, runTasks, type SceneOptions } from '../../bin/bench/benchOptions.js';
import { runAsProgram, type Stage } from '../../bin/cli/stage.js';
import { planPeers } from './peerPlan.js';
import type { PeerOptions } from './peers.js';

const heading = {
  peers: 'Peers: the same work side by side; ratios are our speed in units of theirs',
} as const;

const stage: Stage<SceneOptions & PeerOptions> = {
  name: 'bench:peers',
  summary: 'Measure the speed of whole networks beside other libraries, where they are installed.',
  examples: [],
  configure(command) {
    command
      .option('--peers <dir>', 'the folder whose node_modules holds other libraries', '.')
      .option('--python <command>', 'Python with PyTorch (default: python3 or /usr/bin/python3)');
    addSceneOptions(command);
  },
  run(options, context) {
    const bench = benchOptions(options);
    return runTasks(heading, (note) => planPeers(bench, options, note), context);
  },
};

export default stage;
await runAsProgram(stage, import.meta.url);
