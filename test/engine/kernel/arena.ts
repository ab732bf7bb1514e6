/**
 * Buffers that catch a kernel that reads or writes outside of them. Each lies between guard values, at an
 * offset that is not a multiple of a vector; results start as NaN, so that what is read before it is written
 * shows; inputs are compared with what they were.
 */

const GUARD_LENGTH = 7;
/** A NaN no arithmetic produces: reading it spoils a result, overwriting it is seen. */
const GUARD_BITS = 0x7fabcdef;

export class Arena {
  private readonly checks: (() => void)[] = [];

  /** A buffer the kernel has to fill. */
  result(length: number): Float32Array {
    return this.guarded(length, 'result').fill(Number.NaN);
  }

  /** A buffer the kernel may read only. */
  input(values: Float32Array): Float32Array {
    const input = this.state(values);
    this.checks.push(() => {
      for (let i = 0; i < values.length; i++) {
        if (!Object.is(input[i], values[i]))
          throw new Error(`input ${i} of ${values.length} was ${values[i]}, is now ${input[i]}`);
      }
    });
    return input;
  }

  /** A buffer the kernel updates in place. */
  state(values: Float32Array): Float32Array {
    const state = this.guarded(values.length, 'buffer');
    state.set(values);
    return state;
  }

  /** Throws if a guard or an input was changed; call it after the kernel. */
  check(): void {
    for (const check of this.checks) check();
  }

  private guarded(length: number, what: string): Float32Array {
    const whole = new Float32Array(GUARD_LENGTH + length + GUARD_LENGTH);
    const bits = new Uint32Array(whole.buffer).fill(GUARD_BITS);
    this.checks.push(() => {
      for (let i = 0; i < GUARD_LENGTH; i++) {
        if (bits[i] !== GUARD_BITS)
          throw new Error(`${what} of ${length}: written ${GUARD_LENGTH - i} before it`);
        const behind = GUARD_LENGTH + length + i;
        if (bits[behind] !== GUARD_BITS)
          throw new Error(`${what} of ${length}: written ${i + 1} behind its end`);
      }
    });
    return whole.subarray(GUARD_LENGTH, GUARD_LENGTH + length);
  }
}
