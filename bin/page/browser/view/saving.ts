/** Files to save, made when they are asked for. */

import type { Saved } from '../messages.js';
import { ask } from './asking.js';
import { say } from './elements.js';
import { attempt } from './running.js';

/** Milliseconds in which a browser has begun to save. */
const KEPT = 60_000;

export function watchSaving(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-save]'))
    button.addEventListener('click', () => save(button));
}

async function save(button: HTMLButtonElement): Promise<void> {
  button.disabled = true;
  await attempt(async () => {
    await ask({ ask: 'save', what: button.dataset.save as Saved }, (answer) => {
      if (answer.tell === 'remark') say('status', answer.text);
      if (answer.tell !== 'file') return;
      const { name, type, bytes } = answer.file;
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type }));
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), KEPT);
      say('status', `Saved ${name}.`);
    });
  });
  button.disabled = false;
}
