/** `spiking-unet/node`: what needs files, besides all that the package itself offers. */

export { datasets, findDataset } from '../image/dataset/index.js';
export { readImage as readPicture } from '../image/decode.js';
export { writePng } from '../image/encode.js';
export { bundledNames } from './bundled.js';
export {
  type Denoised,
  type LoadedNetwork,
  type LoadOptions,
  load,
  type RunOptions,
  type Segmentation,
} from './load.js';
