/** What a data set's labels hold: pixels of each class, and what has nothing in it. */

import { VOID } from '../op/losses.js';
import type { Sample } from '../picture/sample.js';

export interface Census {
  readonly samples: number;
  /** Pixels by class id, of all labels. */
  readonly pixels: readonly number[];
  /** Pixels whose label does not count. */
  readonly void: number;
  /** Samples without a label. */
  readonly unlabelled: readonly string[];
  /** Samples with a label and no field of view, where others have one. */
  readonly withoutFov: readonly string[];
  /** Samples whose field of view is empty. */
  readonly emptyFov: readonly string[];
}

/** Counts sample by sample, so that none of them has to be kept. */
export class Counting {
  #samples = 0;
  #unlabelled: string[] = [];
  #withFov = 0;
  #withoutFov: string[] = [];
  #emptyFov: string[] = [];
  readonly #pixels = new Float64Array(VOID + 1);

  add({ name, label, fov }: Sample): void {
    this.#samples += 1;
    if (label) for (const id of label) this.#pixels[id] += 1;
    else this.#unlabelled.push(name);
    if (fov) this.#withFov += 1;
    else if (label) this.#withoutFov.push(name);
    if (fov?.every((inside) => inside === 0)) this.#emptyFov.push(name);
  }

  /** `classes` are listed, also those that no label holds; left out: up to the largest that one holds. */
  result(classes?: number): Census {
    const largest = this.#pixels.findLastIndex((count, id) => count > 0 && id !== VOID);
    return {
      samples: this.#samples,
      pixels: [...this.#pixels.subarray(0, classes ?? largest + 1)],
      void: this.#pixels[VOID],
      unlabelled: this.#unlabelled,
      withoutFov: this.#withFov > 0 ? this.#withoutFov : [],
      emptyFov: this.#emptyFov,
    };
  }
}
