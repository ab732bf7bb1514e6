/**
 * `spiking-unet/node`: what needs files, besides what the package itself offers: networks by name, pictures,
 * data sets, views of pictures and results as ndarrays; and threads for the engines of the package itself.
 */

import { useHost } from './engine/choose.js';
import { nodeHost } from './node/nodeHost.js';

export type {
  Denoised,
  LoadedNetwork,
  LoadOptions,
  RunOptions,
  Segmentation,
} from './convert/openNetwork.js';
export { checkDataset, type Report as DatasetReport } from './data/checkDataset.js';
export type {
  Dataset,
  List as ListSamples,
  Listed as ListedSample,
  LoadOptions as DatasetOptions,
  Split,
  TrainingPatches,
  Wanted as WantedSamples,
} from './data/dataset.js';
export { datasets, findDataset } from './data/index.js';
export { bundledNames } from './node/bundled.js';
export { load } from './node/load.js';
export { readImage as readPicture, readRaster, writePng } from './node/pictureFiles.js';
export { imageOfView, viewImage, viewTensor } from './node/views.js';
export { decodeImage, decodeRasters, type Limits } from './picture/decode.js';
export { encodePng } from './picture/encode.js';

useHost(nodeHost);

export type { Census } from './data/census.js';
export type { Classes } from './data/classIds.js';
export type { LeftOut } from './data/leftOut.js';
export type { PreprocessName } from './picture/preprocess.js';
