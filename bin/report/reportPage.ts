/** The page of the report: the sections that have something to show. */

import { type Assets, documentText } from '../html/document.js';
import type { Findings } from './findings.js';
import { sections } from './sections.js';

export interface Page {
  readonly text: string;
  /** The ids of its sections, in their order. */
  readonly sections: readonly string[];
  /** Its numbers, for other programs; they stand in the text as well. */
  readonly measured: object;
}

/** The report as HTML. */
export function pageOf(findings: Findings, assets: Assets): Page {
  const measured = measuredOf(findings);
  const parts = sections.flatMap((section) => {
    const rendered = section.render(findings);
    return rendered ? [{ section, rendered }] : [];
  });
  const text = documentText(`Spiking network ${findings.models[0].name}`, parts, measured, assets);
  return { text, sections: parts.map(({ section }) => section.id), measured };
}

/** Also what `report --json` prints. */
function measuredOf({ models, pictures, steps, against, unet, overSteps, energy, rates, check }: Findings) {
  const { points, activity } = overSteps;
  return {
    ...{ models, pictures, steps, against },
    unet: unet?.metrics,
    overSteps: points.map(({ steps, evaluation: { metrics, spikes } }) => ({ steps, metrics, spikes })),
    images: points.at(-1)!.evaluation.images,
    layers: activity.layers,
    ...{ energy, check },
    correlations: rates?.map(({ signal, correlation }) => ({ signal, correlation })),
  };
}
