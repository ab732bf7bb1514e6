/** Metrics in a line, for people. */

import type { Metrics } from '../../lib/measure/evaluateTask.js';
import type { BinaryMetrics } from '../../lib/measure/segmentation.js';

export function formatMetrics(metrics: Metrics): string {
  if ('psnr' in metrics) {
    return `PSNR ${metrics.psnr.toFixed(2)} dB, SSIM ${metrics.ssim.toFixed(4)} at sigma ${metrics.sigma}`;
  }
  const { miou, absent, fov, ...whole } = metrics;
  if (miou !== undefined) {
    const without = absent?.length ? ` (without ${absent.join(', ')}: in no label or prediction)` : '';
    return `mIoU ${fraction(miou)}${without}`;
  }
  const all = binaryLine(whole);
  return fov ? `${binaryLine(fov)} in the field of view (whole image: ${all})` : all;
}

function binaryLine({ f1, js, acc }: Partial<BinaryMetrics>): string {
  return `F1 ${fraction(f1)}, JS ${fraction(js)}, ACC ${fraction(acc)}`;
}

/** A metric that does not exist is shown as a dash, never as a number. */
function fraction(value: number | null | undefined): string {
  return value?.toFixed(4) ?? '-';
}
