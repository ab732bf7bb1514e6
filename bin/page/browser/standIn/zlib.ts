/** What the codecs of pictures use of Node's zlib, by fflate. */

import { type DeflateOptions, unzlibSync, zlibSync } from 'fflate';

/** Whether data unfolds to too much has been checked before (lib/picture/format/inflate.ts). */
export const inflateSync = (data: Uint8Array) => unzlibSync(data);

export const deflateSync = (data: Uint8Array, { level = 6 }: Pick<DeflateOptions, 'level'>) =>
  zlibSync(data, { level });
