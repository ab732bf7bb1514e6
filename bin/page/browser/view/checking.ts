/** Does this browser compute the right bits? A line for each result, green or red. */

import { ask } from './asking.js';
import { byId, say } from './elements.js';
import { attempt } from './running.js';

export function watchChecking(): void {
  const button = byId<HTMLButtonElement>('verify');
  button.addEventListener('click', async () => {
    button.disabled = true;
    await attempt(check);
    button.disabled = false;
  });
}

async function check(): Promise<void> {
  const table = byId('verify-table');
  const body = table.querySelector('tbody')!;
  body.replaceChildren();
  table.hidden = false;
  const counts = { right: 0, wrong: 0 };
  await ask({ ask: 'verify' }, (answer) => {
    if (answer.tell !== 'checked') return;
    const row = document.createElement('tr');
    for (const text of [answer.item, answer.who, answer.right ? 'right' : 'WRONG'])
      row.append(Object.assign(document.createElement('td'), { textContent: text }));
    row.lastElementChild!.className = answer.right ? 'right' : 'wrong';
    body.append(row);
    counts[answer.right ? 'right' : 'wrong'] += 1;
    say('verify-says', `${counts.right} right, ${counts.wrong} wrong so far.`);
  });
  const verdict =
    counts.wrong === 0 ? 'This browser computes the right bits' : 'This browser computes WRONG bits';
  say('verify-says', `${verdict}: ${counts.right} of ${counts.right + counts.wrong} results.`);
}
