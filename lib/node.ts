/** `spiking-unet/node`: what needs files, besides all that the package itself offers. */

export { datasets, findDataset } from './data/index.js';
export { bundledNames } from './node/bundled.js';
export {
  type Denoised,
  type LoadedNetwork,
  type LoadOptions,
  load,
  type RunOptions,
  type Segmentation,
} from './node/load.js';
export { readImage as readPicture, writePng } from './node/pictureFiles.js';
