/** The back-ends that every case of the contract is run on. */

import { engines } from '../../lib/kernel/choose.js';

export const backends = Object.entries(engines);
