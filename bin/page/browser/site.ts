/** The script of the site: connects the controls of index.html with the worker. */

import { watchChecking } from './view/checking.js';
import { watchControls } from './view/choosing.js';
import { refreshNeuron, watchMap } from './view/neuronView.js';
import { watchFiles } from './view/opening.js';
import { run } from './view/running.js';
import { watchSaving } from './view/saving.js';
import { watchTimeline } from './view/timeline.js';

watchControls(run);
watchTimeline(refreshNeuron);
watchMap();
watchSaving();
watchChecking();
watchFiles();
