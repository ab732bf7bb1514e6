/** Limits of memory that Linux sets, from files as Linux writes them. */

import t from 'tap';
import { availableMemory, freeAddressSpace, freeGroupMemory } from '../../lib/node/systemMemory.js';

const reader = (files: Record<string, string>) => (path: string) => files[path];

t.test('ulimit -v, less what is taken', async (t) => {
  const status = 'Name:\tnode\nVmPeak:\t  700 kB\nVmSize:\t     600 kB\n';
  const limits = (value: string) =>
    `Limit                     Soft Limit           Hard Limit           Units\nMax address space         ${value.padEnd(21)}unlimited            bytes\n`;
  const free = (value: string) =>
    freeAddressSpace(reader({ '/proc/self/limits': limits(value), '/proc/self/status': status }));
  t.equal(free('unlimited'), Number.POSITIVE_INFINITY);
  t.equal(free('1024000'), 1024000 - 600 * 1024);
  t.equal(free('1024'), 0, 'never less than nothing');
  t.equal(freeAddressSpace(reader({})), Number.POSITIVE_INFINITY, 'no Linux');
});

const V2 = '/sys/fs/cgroup';
t.test(
  'version 2: the least that any of the nested groups leaves, its cache of files not counted',
  async (t) => {
    const files = {
      '/proc/self/cgroup': '0::/user.slice/job\n',
      [`${V2}/user.slice/job/memory.max`]: 'max\n',
      [`${V2}/user.slice/job/memory.current`]: '900\n',
      [`${V2}/user.slice/memory.max`]: '5000\n',
      [`${V2}/user.slice/memory.current`]: '3000\n',
      [`${V2}/user.slice/memory.stat`]: 'anon 10\ninactive_file 400\nactive_file 99\n',
      [`${V2}/memory.max`]: '9000\n',
      [`${V2}/memory.current`]: '3000\n',
    };
    t.equal(freeGroupMemory(reader(files)), 5000 - 3000 + 400 + 99);
    t.equal(freeGroupMemory(reader({ ...files, [`${V2}/user.slice/job/memory.max`]: '1000\n' })), 100);
    t.equal(freeGroupMemory(reader({ '/proc/self/cgroup': '0::/\n', [`${V2}/memory.max`]: '700' })), 700);
  },
);

t.test('version 1, in a container that sees its own group as the root', async (t) => {
  const mount = '/sys/fs/cgroup/memory';
  const files = {
    '/proc/self/cgroup': '9:cpu,cpuacct:/docker/1\n5:memory:/docker/1\n0::/docker/1\n',
    [`${mount}/memory.limit_in_bytes`]: '5000',
    [`${mount}/memory.usage_in_bytes`]: '4000',
    [`${mount}/memory.stat`]: 'inactive_file 1\ntotal_inactive_file 500\ntotal_active_file 50\n',
  };
  t.equal(freeGroupMemory(reader(files)), 1550);
});

t.test('without any group nothing is limited, and here there is some memory', async (t) => {
  t.equal(freeGroupMemory(reader({})), Number.POSITIVE_INFINITY);
  t.ok(availableMemory() > 2 ** 20 && Number.isFinite(availableMemory()));
});
