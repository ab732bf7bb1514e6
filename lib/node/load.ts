/** Loads a network that is ready to use, by name or from a file. */

import { type LoadedNetwork, type LoadOptions, openNetwork } from '../convert/openNetwork.js';
import { modelPath } from './bundled.js';
import { readBytes } from './files.js';

/**
 * Loads a network: a bundled one by name ("drive"), a model file, a checkpoint, or the best of a run folder.
 * @throws DataError that says what is missing, or what is wrong with the file
 */
export function load(path: string, options: LoadOptions = {}): LoadedNetwork {
  return openNetwork(readBytes(modelPath(path)), path, options);
}
