/**
 * Pictures and models are opened: those of the site by name, others from files that are chosen or dropped.
 */

import type { NamedBytes, Request } from '../messages.js';
import { ask } from './asking.js';
import { showModel } from './choosing.js';
import { byId, fill, say } from './elements.js';
import { attempt, run, runIfWanted, whileOpening } from './running.js';
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

/** Openings wait for those before them, so that what was chosen last is open at the end. */
const queue = { last: Promise.resolve() };

/** Opens something when its turn has come, and runs it; the selects say what is open. */
function tryToOpen(work: () => Promise<void>): Promise<void> {
  const opening = whileOpening(() =>
    queue.last.then(async () => {
      if (await attempt(work)) return true;
      for (const kind of ['picture', 'model'] as const) select(kind).value = shown[kind];
      return false;
    }),
  );
  queue.last = opening.then(() => {});
  return opening.then((opened) => (opened ? run() : runIfWanted()));
}

/** `names` are values of the selects. */
async function open(
  given: Omit<Extract<Request, { ask: 'open' }>, 'ask'>,
  names: Partial<typeof shown>,
): Promise<void> {
  await ask({ ask: 'open', ...given }, (answer) => {
    if (answer.tell === 'opened' && answer.model) showModel(answer.model);
  });
  for (const kind of ['picture', 'model'] as const) {
    const value = names[kind];
    if (value === undefined) continue;
    if (value === OWN) nameOwn(kind, given[kind]!);
    showOpen(kind, value);
  }
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
    const kind = /\.safetensors$/i.test(file.name) ? 'model' : 'picture';
    await open({ [kind]: given }, { [kind]: OWN });
  });
}

/** The files of the visitor that were opened last. */
const own: Partial<Record<Kind, NamedBytes>> = {};

function openOwn(kind: Kind): Promise<void> {
  return tryToOpen(() => open({ [kind]: own[kind]! }, { [kind]: OWN }));
}

/** The option for a file of the visitor gets its name. */
function nameOwn(kind: Kind, given: NamedBytes): void {
  own[kind] = given;
  const { name } = given;
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
      if (value === OWN) openOwn(kind);
      else openNamed(value);
    });
  for (const id of ['picture-file', 'model-file'])
    byId<HTMLInputElement>(id).addEventListener('change', ({ target }) => {
      const input = target as HTMLInputElement;
      for (const file of input.files ?? []) openFile(file);
      input.value = ''; // the same file can be chosen again
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
  addEventListener('dragleave', ({ relatedTarget }) => {
    if (relatedTarget === null) mark(false);
  });
  addEventListener('drop', (event) => {
    event.preventDefault();
    mark(false);
    for (const file of event.dataTransfer?.files ?? []) openFile(file);
  });
}
