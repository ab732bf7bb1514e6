#!/usr/bin/env node
/** `spiking-unet report`: one HTML file about a spiking network: pictures, metric, spikes, rates, energy. */

import { writeFileAtomic } from '../lib/node/files.js';
import { runAsProgram, type Stage } from './cli/stage.js';
import { readAssets } from './html/assets.js';
import { measureReport } from './report/measureReport.js';
import { addReportOptions, type ReportOptions } from './report/reportOptions.js';
import { pageOf } from './report/reportPage.js';

const stage: Stage<ReportOptions> = {
  name: 'report',
  summary: 'Write one HTML file about a spiking network; it needs no other file and no net.',
  examples: [
    ['report --model drive --dataset drive --data ~/DRIVE', 'report.html, about three test images'],
    ['report --model snn.safetensors --unet unet.safetensors --image eye.png --steps 10', 'one picture'],
    [
      'report --model runs/fine --run runs/fine --dataset em --data ~/EM --out fine.html',
      'with the curves of its training',
    ],
  ],
  configure: addReportOptions,
  run(options, context) {
    const findings = measureReport(options, context);
    const { text, sections, measured } = pageOf(findings, readAssets());
    writeFileAtomic(options.out, text);
    const bytes = Buffer.byteLength(text);
    return {
      json: { report: options.out, bytes, sections, ...measured },
      text: `${options.out}: ${sections.length} sections, ${(bytes / 1e6).toFixed(1)} MB`,
    };
  },
};

export default stage;
await runAsProgram(stage, import.meta.url);
