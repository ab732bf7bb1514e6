/** Node's Buffer, which the codecs of pictures use, as the package `buffer` has it for browsers. */

export { Buffer } from 'buffer/';
