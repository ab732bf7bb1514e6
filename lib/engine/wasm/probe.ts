/** Asks WebAssembly what it can do here, with modules of one function. */

import { api } from './webAssemblyApi.js';

/** Bytes of instructions that leave an i32 on the stack. */
export type Instructions = readonly number[];

/** v128.const with 16 times the same byte. */
export const v128Of = (byte: number): Instructions => [0xfd, 0x0c, ...new Array<number>(16).fill(byte)];

/** (module (memory 1 1) (func (export "f") (result i32) ..)), its memory `shared` or not. */
function moduleOf(instructions: Instructions, shared: boolean): Uint8Array {
  const body = [0x00, ...instructions, 0x0b];
  return Uint8Array.of(
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7f],
    ...[0x03, 0x02, 0x01, 0x00],
    ...[0x05, 0x04, 0x01, shared ? 0x03 : 0x01, 0x01, 0x01],
    ...[0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00],
    ...[0x0a, body.length + 2, 0x01, body.length, ...body],
  );
}

/** Whether WebAssembly here knows them. */
export const isValid = (instructions: Instructions, shared = false): boolean =>
  api?.validate(moduleOf(instructions, shared)) ?? false;

/** What they leave. */
export function i32Of(instructions: Instructions): number {
  const { f } = new api!.Instance(new api!.Module(moduleOf(instructions, false))).exports;
  return (f as () => number)();
}
