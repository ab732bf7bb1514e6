/**
 * The metrics of a segmentation (section 4.3.1) from counts that add up over images: F1, JS and ACC of two
 * classes, inside the field of view and of whole images; mIoU of more. What has nothing to be found has no
 * F1, and is named.
 */

import { accuracy, addCounts, type BinaryCounts, countBinary, f1Score, jaccard } from './binaryCounts.js';
import { confusionMatrix, ioUs, meanIoU } from './miou.js';

/** Fractions 0..1; null where no label is positive (F1, JS), or where no pixel counts (ACC). */
export interface BinaryMetrics {
  readonly f1: number | null;
  readonly js: number | null;
  readonly acc: number | null;
}

/** Fractions 0..1; `fov` counts pixels inside the field of view only, where the data set has one. */
export interface SegmentationMetrics extends Partial<BinaryMetrics> {
  readonly fov?: BinaryMetrics;
  /** null where no class occurs */
  readonly miou?: number | null;
  /** Per class; classes that occur neither in the labels nor in the predictions are left out. */
  readonly iou?: Readonly<Record<string, number>>;
  /** The classes that were left out. */
  readonly absent?: readonly string[];
}

/** Counts of one or more images. */
export interface Tally {
  readonly whole: BinaryCounts;
  readonly fov: BinaryCounts | undefined;
  /** [K,K], pixels by true class (row) and predicted class (column). */
  readonly confusion: Float64Array;
}

/** The counts of one prediction [H,W] against its label, and its field of view, if there is one. */
export function tallyOf(
  prediction: Uint8Array,
  label: Uint8Array,
  fov: Uint8Array | undefined,
  classes: number,
): Tally {
  return {
    whole: countBinary(prediction, label),
    fov: fov && countBinary(prediction, label, fov),
    confusion: confusionMatrix(prediction, label, classes),
  };
}

/** The counts of two sets of images together. */
export function addTallies(a: Tally, b: Tally): Tally {
  return {
    whole: addCounts(a.whole, b.whole),
    fov: a.fov && b.fov && addCounts(a.fov, b.fov),
    confusion: a.confusion.map((value, i) => value + b.confusion[i]),
  };
}

/** The metrics of counts; the class `ignore` does not count in the mean, and its labels are already void. */
export function metricsOf(tally: Tally, classNames: readonly string[], ignore?: number): SegmentationMetrics {
  if (classNames.length > 2) return multiClass(tally, classNames, ignore);
  const { whole, fov } = tally;
  return { ...binary(whole), ...(fov && { fov: binary(fov) }) };
}

function binary(counts: BinaryCounts): BinaryMetrics {
  const [f1, js, acc] = [f1Score, jaccard, accuracy].map((metric) => metric(counts) ?? null);
  return { f1, js, acc };
}

function multiClass(
  { confusion }: Tally,
  classNames: readonly string[],
  ignore: number | undefined,
): SegmentationMetrics {
  const values = ioUs(confusion, classNames.length, ignore);
  const present = classNames.flatMap((name, k) =>
    values[k] === undefined ? [] : [[name, values[k]] as const],
  );
  const absent = classNames.filter((_, k) => values[k] === undefined && k !== ignore);
  const miou = present.length === 0 ? null : meanIoU(values);
  return { miou, iou: Object.fromEntries(present), absent };
}

/**
 * The score that selects the best network: mIoU, or F1 (in the field of view, if there is one); undefined
 * without one.
 */
export function segmentationScore({ miou, fov, f1 }: SegmentationMetrics): number | undefined {
  return (miou === undefined ? (fov ?? { f1 }).f1 : miou) ?? undefined;
}

/** Why an image (or a set of them) has no F1, JS or ACC, for people; undefined where it has all of them. */
export function whatIsMissing(
  { f1, acc, fov }: SegmentationMetrics,
  classNames: readonly string[],
): string | undefined {
  if (acc === null) return 'not a single pixel counts';
  if (fov?.acc === null) return 'its field of view is empty';
  if (f1 === null) return `no label holds the class "${classNames[1]}": there is no F1 of it`;
  if (fov?.f1 === null) return `no label in the field of view holds "${classNames[1]}": there is no F1 of it`;
  return undefined;
}
