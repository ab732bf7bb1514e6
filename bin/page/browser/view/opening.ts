/**
 * Pictures and models are opened: those of the site by name, others from files that are chosen or dropped.
 */

import type { NamedBytes, Request } from '../messages.js';
import { ask } from './asking.js';
import { showModel } from './choosing.js';
import { byId, fill, say } from './elements.js';
import { attempt, run } from './running.js';
import { bundledModel, bundledPicture, models, pictures } from './siteContent.js';

/** The value of the option that stands for a file of the visitor. */
const OWN = '';
const select = (id: 'picture' | 'model') => byId<HTMLSelectElement>(id);

/** Opens what the worker is asked to, and runs it. */
async function open(given: Omit<Extract<Request, { ask: 'open' }>, 'ask'>): Promise<void> {
  await ask({ ask: 'open', ...given }, (answer) => {
    if (answer.tell === 'opened' && answer.model) showModel(answer.model);
  });
  await run();
}

/** Opens a picture of the site, with the model that was made for it. */
function openBundled(name: string): Promise<void> {
  return attempt(async () => {
    const { model } = pictures.find((one) => one.name === name)!;
    say('status', `Loading ${name} and the model ${model}.`);
    const [picture, network] = await Promise.all([bundledPicture(name), bundledModel(model)]);
    select('model').value = model;
    await open({ picture, model: network });
  });
}

async function openFile(file: File): Promise<void> {
  await attempt(async () => {
    say('status', `Reading ${file.name}.`);
    const given: NamedBytes = { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
    const kind = file.name.endsWith('.safetensors') ? 'model' : 'picture';
    await open({ [kind]: given });
    showOwn(kind, file.name);
  });
}

/** The select says which file of the visitor is open. */
function showOwn(kind: 'picture' | 'model', name: string): void {
  const known = [...select(kind).options].find(({ value }) => value === OWN);
  const option = known ?? new Option('', OWN);
  option.text = name;
  if (!known) select(kind).append(option);
  select(kind).value = OWN;
}

export function watchFiles(): void {
  fill(
    select('picture'),
    pictures.map(({ name, says }) => [name, says]),
  );
  fill(select('model'), models);
  select('picture').addEventListener('change', ({ target }) => {
    const { value } = target as HTMLSelectElement;
    if (value !== OWN) openBundled(value);
  });
  select('model').addEventListener('change', ({ target }) => {
    const { value } = target as HTMLSelectElement;
    if (value !== OWN) attempt(async () => open({ model: await bundledModel(value) }));
  });
  for (const id of ['picture-file', 'model-file'])
    byId<HTMLInputElement>(id).addEventListener('change', ({ target }) => {
      const [file] = (target as HTMLInputElement).files ?? [];
      if (file) openFile(file);
    });
  watchDrops();
  openBundled(pictures[0].name);
}

function watchDrops(): void {
  const mark = (on: boolean) => document.body.classList.toggle('dropping', on);
  addEventListener('dragover', (event) => {
    event.preventDefault();
    mark(true);
  });
  addEventListener('dragleave', () => mark(false));
  addEventListener('drop', (event) => {
    event.preventDefault();
    mark(false);
    const [file] = event.dataTransfer?.files ?? [];
    if (file) openFile(file);
  });
}
