/** Event files, byte by byte against those of another writer (fixtures/make/tf_events.py). */

import { readFileSync } from 'node:fs';
import t from 'tap';
import { restartRecord, type Shown, summaryRecord, versionRecord } from '../../lib/format/tfEvents.js';
import { readJsonGolden } from '../support/golden.js';

type GoldenPicture = { height: number; width: number; channels: number; png: string };
type GoldenEvent = [
  time: number,
  step: number,
  what: 'version' | 'restart' | [string, number | GoldenPicture][],
];

function recordOf([time, step, what]: GoldenEvent): Uint8Array {
  if (what === 'version') return versionRecord(time);
  return what === 'restart' ? restartRecord(time, step) : summaryRecord(time, step, what.map(shownOf));
}

function shownOf([tag, value]: [string, number | GoldenPicture]): Shown {
  return {
    tag,
    value: typeof value === 'number' ? value : { ...value, png: Buffer.from(value.png, 'base64') },
  };
}

t.test('the bytes of an independent writer', async (t) => {
  const cases: { name: string; events: GoldenEvent[] }[] = readJsonGolden('events/events.json');
  for (const { name, events } of cases) {
    const bytes = Buffer.concat(events.map(recordOf));
    t.ok(bytes.equals(readFileSync(`fixtures/events/${name}.tfevents`)), name);
  }
  t.equal(cases.length, 2);
});
