/** Input, truth, what the networks found, and errors; two of them can be laid over each other. */

import { VOID } from '../../../lib/op/losses.js';
import { encodePng } from '../../../lib/picture/encode.js';
import { errorOf, errorPicture } from '../../../lib/picture/figure.js';
import type { Column } from '../../../lib/picture/panel.js';
import { type CaptionedPrediction, resultColumns } from '../../../lib/picture/taskPicture.js';
import { type Html, html } from '../../html/html.js';
import type { Findings, Shown } from '../findings.js';
import type { Section } from '../section.js';

export const picturesSection: Section = {
  id: 'pictures',
  title: 'Pictures',
  render(findings) {
    const { against, spiking, shown } = findings;
    const classes = spiking.classNames.length;
    return {
      says:
        `What the networks read and what they found at T=${findings.steps}; errors are against ${against} ` +
        `(${errorColours(classes)}).`,
      body: html`${shown.map((one) => pictureHtml(one, columnsOf(one, findings)))}`,
    };
  },
};

/** What the colours of errors mean. */
export function errorColours(classes: number): string {
  if (classes === 0) return 'the brighter, the larger';
  return classes === 2 ? 'missed pixels are red, false ones blue' : 'red';
}

/** The pictures of one sample with their captions. */
function columnsOf(one: Shown, { against, spiking: { classNames, configuration } }: Findings): Column[] {
  const { sample, seen, unet } = one;
  const { height, width, channels } = sample;
  const classes = classNames.length;
  const found: CaptionedPrediction[] = [
    ...(unet ? [{ caption: 'U-Net', prediction: unet }] : []),
    { caption: 'spiking network', prediction: one.spiking },
  ];
  const columns = resultColumns(sample, seen, found, classes);
  // a label that is itself an answer of a network is no truth
  const isKnown = configuration.task === 'denoise' || against === 'labels';
  const errors = found.map(({ caption, prediction }) => {
    const error = errorOf(prediction, truthFor(sample, prediction), classes, channels);
    return { caption: `errors, ${caption}`, image: errorPicture(error, height, width) };
  });
  return [...(isKnown ? columns : columns.filter(({ caption }) => caption !== 'truth')), ...errors];
}

/** What a prediction should be; where a label does not count, the prediction is right. */
function truthFor({ label, input }: Shown['sample'], prediction: Uint8Array | Float32Array) {
  return label?.map((id, p) => (id === VOID ? prediction[p] : id)) ?? input;
}

/** The pictures side by side, and the controls to compare two of them, which a script brings to life. */
function pictureHtml({ sample: { name } }: Shown, columns: readonly Column[]): Html {
  const figures = columns.map(
    ({ caption, image }) => html`<figure><img src="data:image/png;base64,${base64(encodePng(image))}"
 width="${image.width}" height="${image.height}" alt="${caption} of ${name}"><figcaption>${caption}</figcaption></figure>
`,
  );
  const options = (chosen: number) =>
    columns.map(({ caption }, k) =>
      k === chosen
        ? html`<option value="${k}" selected>${caption}</option>`
        : html`<option value="${k}">${caption}</option>`,
    );
  const [left, right] = [0, columns.findIndex(({ caption }) => caption === 'spiking network')];
  return html`<div class="pictures">
<h3>${name}</h3>
<div class="gallery">
${figures}</div>
<div class="compare" role="group" aria-label="Compare two pictures of ${name}" hidden>
<p><label>Left <select class="left">${options(left)}</select></label>
<label>Right <select class="right">${options(right)}</select></label>
<label>Way <select class="way"><option>wipe</option><option>fade</option></select></label></p>
<p><label>Share of the left one <input type="range" min="0" max="100" value="50"></label></p>
<div class="stage" aria-hidden="true"></div>
</div>
</div>
`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
