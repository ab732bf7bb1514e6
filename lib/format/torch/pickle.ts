/**
 * A restricted reader of Python's pickles, for what `torch.save` writes of a dictionary of tensors and plain
 * numbers. A pickle is a program for a stack machine that may call anything; here it may name and call only
 * what `globals` holds, and every other opcode is refused with its name. Classes, closures and code are never
 * made.
 */

import { DataError, shown } from '../../core/error.js';

/** Values of a pickle: dictionaries are Maps, lists and tuples arrays, None is null. */
export type PickleValue =
  | null
  | boolean
  | number
  | string
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | object;

/** What a pickle may refer to. */
export interface PickleWorld {
  /** By `module.name`: what a call of it gives. Names that are not here are refused. */
  readonly globals: Readonly<Record<string, (args: readonly PickleValue[]) => PickleValue>>;
  /** What a persistent id stands for. */
  persistent(id: PickleValue): PickleValue;
}

/** A global by its name, before it is called. */
export class PickleGlobal {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** Limits that no state dict reaches; a pickle that does is damaged. */
const MOST_MEMOS = 2 ** 20;

/** The value of a pickle; DataError with `source` for what is damaged, unknown or not allowed. */
export function readPickle(bytes: Uint8Array, world: PickleWorld, source: string): PickleValue {
  return new Machine(bytes, world, source).run();
}

class Machine {
  readonly bytes: Uint8Array;
  readonly world: PickleWorld;
  readonly source: string;
  readonly #view: DataView;
  readonly #stack: PickleValue[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #at = 0;

  constructor(bytes: Uint8Array, world: PickleWorld, source: string) {
    this.bytes = bytes;
    this.world = world;
    this.source = source;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): PickleValue {
    for (;;) {
      const code = this.number(1);
      if (code === STOP) return this.pop();
      const instruction = INSTRUCTIONS.get(code);
      if (!instruction) {
        const name = code.toString(16).padStart(2, '0');
        throw this.fail(`opcode 0x${name} is none that a dictionary of tensors needs`);
      }
      instruction(this);
    }
  }

  fail(reason: string): DataError {
    return new DataError(`${this.source}: byte ${this.#at}: ${reason}`);
  }

  /** The next `length` bytes. */
  take(length: number): Uint8Array {
    const start = this.#at;
    if (!(length <= this.bytes.length - start)) throw this.fail('ends too early: truncated or damaged');
    this.#at += length;
    return this.bytes.subarray(start, start + length);
  }

  /** An unsigned number of `length` bytes, little-endian; exact below 2^53. */
  number(length: number): number {
    return this.take(length).reduceRight((value, byte) => 256 * value + byte, 0);
  }

  /** A signed number of `length` bytes. */
  signed(length: number): number {
    const value = this.number(length);
    return value >= 2 ** (8 * length - 1) ? value - 2 ** (8 * length) : value;
  }

  double(): number {
    const { byteOffset } = this.take(8);
    return this.#view.getFloat64(byteOffset - this.bytes.byteOffset);
  }

  text(length: number): string {
    return new TextDecoder().decode(this.take(length));
  }

  /** A text up to the end of its line. */
  line(): string {
    const end = this.bytes.indexOf(0x0a, this.#at);
    if (end < 0) throw this.fail('a name does not end');
    const text = this.text(end - this.#at);
    this.#at += 1;
    return text;
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  pop(): PickleValue {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) throw this.fail('takes more than there is');
    return this.#stack.pop()!;
  }

  mark(): void {
    this.#marks.push(this.#stack.length);
  }

  /** Everything since the last mark. */
  popToMark(): PickleValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw this.fail('there is no mark');
    return this.#stack.splice(mark);
  }

  /** The value on top of the stack, which must be of a kind. */
  top<T extends object>(kind: abstract new (...args: never[]) => T): T {
    const value = this.#stack.length > (this.#marks.at(-1) ?? 0) ? this.#stack.at(-1) : undefined;
    if (value instanceof kind) return value;
    throw this.fail(`expected a ${kind.name} to add to`);
  }

  put(key: number): void {
    if (this.#memo.size >= MOST_MEMOS) throw this.fail(`remembers more than ${MOST_MEMOS} values`);
    const value = this.pop();
    this.push(value);
    this.#memo.set(key, value);
  }

  /** Remembers the top under the next free number. */
  memoize(): void {
    this.put(this.#memo.size);
  }

  get(key: number): void {
    const value = this.#memo.get(key);
    if (value === undefined) throw this.fail(`asks for value ${key}, which does not exist`);
    this.push(value);
  }

  global(name: string): void {
    if (!Object.hasOwn(this.world.globals, name))
      throw this.fail(
        `names ${shown(name)}, which is not read; expected a dictionary of tensors: torch.save(model.state_dict(), FILE)`,
      );
    this.push(new PickleGlobal(name));
  }

  stackGlobal(): void {
    const [module, name] = popTuple(this, 2);
    if (typeof module !== 'string' || typeof name !== 'string') throw this.fail('a name is not a text');
    this.global(`${module}.${name}`);
  }

  reduce(): void {
    const [args, callee] = [this.pop(), this.pop()];
    if (!(callee instanceof PickleGlobal) || !Array.isArray(args))
      throw this.fail('calls something other than a function');
    const value = this.world.globals[callee.name](args);
    this.push(value);
  }

  /** Drops the attributes of a dictionary (the _metadata of state dicts), which hold no tensors. */
  build(): void {
    this.pop();
    this.top<Map<PickleValue, PickleValue>>(Map);
  }

  setItems(pairs: readonly PickleValue[]): void {
    if (pairs.length % 2 !== 0) throw this.fail('a key has no value');
    const target = this.top<Map<PickleValue, PickleValue>>(Map);
    for (let i = 0; i < pairs.length; i += 2) target.set(pairs[i], pairs[i + 1]);
  }

  append(items: readonly PickleValue[]): void {
    const target = this.top<PickleValue[]>(Array);
    for (const item of items) target.push(item);
  }
}

type Instruction = (machine: Machine) => void;

const STOP = 0x2e;

/** Pops a tuple; the value popped first is its last. */
function popTuple(machine: Machine, length: number): PickleValue[] {
  return Array.from({ length }, () => machine.pop()).reverse();
}

/** What a state dict needs of protocols 2 to 5, by opcode; in the comments Python's names. */
const INSTRUCTIONS: ReadonlyMap<number, Instruction> = new Map<number, Instruction>([
  [0x80, (m) => void m.number(1)], // PROTO
  [0x95, (m) => void m.number(8)], // FRAME
  [0x4e, (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x4a, (m) => m.push(m.signed(4))], // BININT
  [0x4b, (m) => m.push(m.number(1))], // BININT1
  [0x4d, (m) => m.push(m.number(2))], // BININT2
  [0x8a, (m) => m.push(m.signed(m.number(1)))], // LONG1
  [0x47, (m) => m.push(m.double())], // BINFLOAT
  [0x58, (m) => m.push(m.text(m.number(4)))], // BINUNICODE
  [0x8c, (m) => m.push(m.text(m.number(1)))], // SHORT_BINUNICODE
  [0x28, (m) => m.mark()], // MARK
  [0x5d, (m) => m.push([])], // EMPTY_LIST
  [0x7d, (m) => m.push(new Map())], // EMPTY_DICT
  [0x29, (m) => m.push([])], // EMPTY_TUPLE
  [0x74, (m) => m.push(m.popToMark())], // TUPLE
  [0x85, (m) => m.push(popTuple(m, 1))], // TUPLE1
  [0x86, (m) => m.push(popTuple(m, 2))], // TUPLE2
  [0x87, (m) => m.push(popTuple(m, 3))], // TUPLE3
  [0x61, (m) => m.append([m.pop()])], // APPEND
  [0x65, (m) => m.append(m.popToMark())], // APPENDS
  [0x73, (m) => m.setItems(popTuple(m, 2))], // SETITEM
  [0x75, (m) => m.setItems(m.popToMark())], // SETITEMS
  [0x71, (m) => m.put(m.number(1))], // BINPUT
  [0x72, (m) => m.put(m.number(4))], // LONG_BINPUT
  [0x94, (m) => m.memoize()], // MEMOIZE
  [0x68, (m) => m.get(m.number(1))], // BINGET
  [0x6a, (m) => m.get(m.number(4))], // LONG_BINGET
  [0x63, (m) => m.global(`${m.line()}.${m.line()}`)], // GLOBAL
  [0x93, (m) => m.stackGlobal()], // STACK_GLOBAL
  [0x51, (m) => m.push(m.world.persistent(m.pop()))], // BINPERSID
  [0x52, (m) => m.reduce()], // REDUCE
  [0x62, (m) => m.build()], // BUILD
]);
