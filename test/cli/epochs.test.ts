/** `reproduce --epochs`: a number of epochs, or a part of those of each recipe, in folders of their own. */

import t from 'tap';
import { direct, unet } from '../../bin/reproduce/cell.js';
import { epochs } from '../../bin/reproduce/epochs.js';
import { networkJob } from '../../bin/reproduce/networkJobs.js';
import { onlyCommand } from '../../bin/reproduce/onlyCommand.js';
import { spikingUnet } from './command.js';

const trained = (given: string | undefined, cell = unet('drive')) => {
  const how = { width: 8, seed: 1, folderOf: () => '/data' };
  const { job } = networkJob(cell, { ...how, ...(given !== undefined && { epochs: epochs(given) }) });
  return [job.folder, job.command[job.command.indexOf('--epochs') + 1], job.macs] as const;
};

t.test('half of each recipe, at least one, and its time', async (t) => {
  const [folder, whole, macs] = trained(undefined);
  t.same([folder, whole], ['drive-w8-s1/unet', '12']);
  t.same(trained('50%'), ['drive-w8-s1-e50pc/unet', '6', macs / 2]);
  t.same(trained('3'), ['drive-w8-s1-e3/unet', '3', macs / 4]);
  t.equal(trained('12.5%')[1], '2', '1.5 is rounded');
  t.equal(trained('1%')[1], '1');
  t.equal(trained('50%', direct('camseq01', 'ml', 'tdbn', 20))[1], '2');
});

t.test('other machines are told the same', async (t) => {
  const graph = { arguments: ['table1'], width: 8, seed: 1, engine: 'auto', epochs: epochs('50%') };
  const command = onlyCommand(graph, 1);
  t.equal(command[command.indexOf('--epochs') + 1], '50%');
});

t.test('what is no number of epochs is refused', async (t) => {
  for (const [given, message] of [
    ['0', /whole number of at least 1/],
    ['101%', /at most 100%/],
    ['0%', /above 0/],
    ['%', /expected a number/],
    ['half', /whole number/],
  ] as const) {
    const { status, stderr } = spikingUnet('reproduce', 'table1', '--epochs', given, '--dry-run');
    t.equal(status, 2, given);
    t.match(stderr, message);
  }
});
