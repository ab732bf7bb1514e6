/** Parameters with one of them replaced or missing, for tests of what is refused. */

import type { Parameters } from '../../lib/net/parameters.js';

/** The parameters with other values of one of them; without values it is left out. */
export function changedParameters(parameters: Parameters, name: string, values?: Float32Array): Parameters {
  const changed = new Map(parameters);
  if (values) changed.set(name, values);
  else changed.delete(name);
  return changed;
}
