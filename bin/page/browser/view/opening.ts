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
type Kind = 'picture' | 'model';
const select = (kind: Kind) => byId<HTMLSelectElement>(kind);

/** What is open, as the selects name it: they go back to it if something else cannot be opened. */
const shown: Record<Kind, string> = { picture: OWN, model: OWN };

function showOpen(kind: Kind, value: string): void {
  shown[kind] = value;
  select(kind).value = value;
}

/**
 * Opens what the worker is asked to, and runs it; `names` are values of the selects, `own` that of a file.
 */
async function open(
  given: Omit<Extract<Request, { ask: 'open' }>, 'ask'>,
  names: Partial<typeof shown>,
  own = '',
): Promise<void> {
  await ask({ ask: 'open', ...given }, (answer) => {
    if (answer.tell === 'opened' && answer.model) showModel(answer.model);
  });
  for (const kind of ['picture', 'model'] as const) {
    const value = names[kind];
    if (value === undefined) continue;
    if (value === OWN) nameOwn(kind, own);
    showOpen(kind, value);
  }
  await run();
}

/** Tries to open something; the selects say what is open afterwards. */
async function tryToOpen(work: () => Promise<void>): Promise<void> {
  const opened = await attempt(work);
  if (!opened) for (const kind of ['picture', 'model'] as const) select(kind).value = shown[kind];
}

/** Opens a picture of the site, with the model that was made for it. */
function openBundled(name: string): Promise<void> {
  return tryToOpen(async () => {
    const { model } = pictures.find((one) => one.name === name)!;
    say('status', `Loading ${name} and the model ${model}.`);
    const [picture, network] = await Promise.all([bundledPicture(name), bundledModel(model)]);
    await open({ picture, model: network }, { picture: name, model });
  });
}

function openModel(name: string): Promise<void> {
  return tryToOpen(async () => {
    say('status', `Loading the model ${name}.`);
    await open({ model: await bundledModel(name) }, { model: name });
  });
}

function openFile(file: File): Promise<void> {
  return tryToOpen(async () => {
    say('status', `Reading ${file.name}.`);
    const given: NamedBytes = { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
    const kind = file.name.endsWith('.safetensors') ? 'model' : 'picture';
    await open({ [kind]: given }, { [kind]: OWN }, file.name);
  });
}

/** The option for a file of the visitor gets its name. */
function nameOwn(kind: Kind, name: string): void {
  const known = [...select(kind).options].find(({ value }) => value === OWN);
  if (known) known.text = name;
  else select(kind).append(new Option(name, OWN));
}

export function watchFiles(): void {
  fill(
    select('picture'),
    pictures.map(({ name, says }) => [name, says]),
  );
  fill(select('model'), models);
  for (const [kind, openNamed] of [
    ['picture', openBundled],
    ['model', openModel],
  ] as const)
    select(kind).addEventListener('change', () => {
      const { value } = select(kind);
      if (value === OWN)
        showOpen(kind, shown[kind]); // only its name is here, the file is not
      else openNamed(value);
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
