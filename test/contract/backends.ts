/** Every back-end, by name: each test of this folder runs on all of them. */

import { engines } from '../../lib/kernel/choose.js';
import type { Kernels } from '../../lib/kernel/contract.js';

export const backends: readonly (readonly [string, Kernels])[] = Object.entries(engines);
