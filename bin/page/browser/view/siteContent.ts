/** The pictures and models that belong to the site. */

import { fetched } from '../fetched.js';
import type { GivenPicture, NamedBytes } from '../messages.js';

interface BundledPicture {
  readonly name: string;
  /** What one sees. */
  readonly says: string;
  /** The model that was trained for it. */
  readonly model: string;
  /** Whose classes its label has. */
  readonly dataset?: string;
  readonly label?: string;
  readonly mask?: string;
}

export const pictures: readonly BundledPicture[] = [
  {
    ...{ name: 'fundus.png', says: 'a retina (drawn)', model: 'drive' },
    ...{ dataset: 'drive', label: 'fundus-label.png', mask: 'fundus-mask.png' },
  },
  { name: 'membranes.png', says: 'cells (drawn)', model: 'em', dataset: 'em', label: 'membranes-label.png' },
  {
    name: 'street.png',
    says: 'a street (drawn)',
    model: 'camseq01',
    dataset: 'camseq01',
    label: 'street-label.png',
  },
  { name: 'textures.png', says: 'textures (drawn)', model: 'bsd-grey' },
];

/** By name, with what they do. */
export const models: readonly (readonly [name: string, says: string])[] = [
  ['drive', 'drive: vessels of a retina'],
  ['em', 'em: membranes of cells'],
  ['camseq01', 'camseq01: parts of a street'],
  ['bsd-grey', 'bsd-grey: noise, grey'],
  ['bsd-color', 'bsd-color: noise, colour'],
];

const bytesOf = async (address: string) => new Uint8Array(await (await fetched(address)).arrayBuffer());

export async function bundledPicture(name: string): Promise<GivenPicture> {
  const { label, mask, dataset } = pictures.find((one) => one.name === name)!;
  const other = (file: string | undefined) => (file === undefined ? undefined : bytesOf(`samples/${file}`));
  const [bytes, labelled, masked] = await Promise.all([
    bytesOf(`samples/${name}`),
    other(label),
    other(mask),
  ]);
  return { name, bytes, dataset, label: labelled, mask: masked };
}

export async function bundledModel(name: string): Promise<NamedBytes> {
  return { name, bytes: await bytesOf(`models/${name}.safetensors`) };
}
