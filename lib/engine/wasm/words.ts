/**
 * Structs and arguments by name. Only assembly/ defines the order in which the kernels read them; the build
 * writes it to generated/orders.ts, so a field that is missing or has another name does not compile.
 */

import { kernelArguments, structs } from './generated/orders.js';

export type Struct = keyof typeof structs;
/** The fields of a struct: numbers, counts and addresses of 32 bits. */
export type Fields<S extends Struct> = Readonly<Record<(typeof structs)[S][number], number>>;

export type KernelName = keyof typeof kernelArguments;
/** The arguments of a kernel besides the number of its tasks. */
export type KernelArguments<K extends KernelName> = Readonly<
  Record<(typeof kernelArguments)[K][number], number>
>;

/** The fields of a struct in their order. */
export function wordsOf<S extends Struct>(struct: S, fields: Fields<S>): number[] {
  const order: readonly (keyof Fields<S>)[] = structs[struct];
  return order.map((field) => fields[field]);
}

/** The arguments of a kernel in their order. */
export function inOrder<K extends KernelName>(kernel: K, values: KernelArguments<K>): number[] {
  const order: readonly (keyof KernelArguments<K>)[] = kernelArguments[kernel];
  return order.map((name) => values[name]);
}
