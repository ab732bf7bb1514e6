/**
 * What files say about networks that other programs trained. For example, the weights of a network with max
 * pooling fit the paper's network but give wrong results; if the file says so, it is refused. Keys that are
 * not about the architecture (epochs, authors, learning rates) do not matter.
 */

import { DataError, shown } from '../core/error.js';

/** Keys about one property, the values that agree with the paper's network, and what is expected. */
interface Rule {
  readonly key: RegExp;
  readonly agrees: RegExp;
  readonly expected: string;
}

const NO = /^(0|no|none|null|off|false|identity|)$/i;

const RULES: readonly Rule[] = [
  { key: /^(max_?pool(ing)?|use_?max_?pool(ing)?)$/i, agrees: NO, expected: 'average pooling' },
  {
    key: /^(pool(ing)?|down_?(sample|sampling)?)(_?(type|mode|method|op|layer))?$/i,
    agrees: /^(2x2 )?(avg|average|mean)/i,
    expected: 'average pooling',
  },
  {
    key: /^(use_?)?(bn|(batch|layer|group|instance)_?norm|norm(ali[sz]ation)?)(_?(type|layer))?$/i,
    agrees: NO,
    expected: 'no normalisation layers',
  },
  {
    key: /^(activation|non_?linearity|act)(_?(type|fn|function|layer))?$/i,
    agrees: /^(nn\.)?relu$/i,
    expected: 'ReLU',
  },
  {
    key: /^up_?(sample|sampling)?(_?(type|mode|method))?$/i,
    agrees: /transpose|deconv/i,
    expected: 'transposed convolutions',
  },
  { key: /^bilinear$/i, agrees: NO, expected: 'transposed convolutions' },
  {
    key: /^(arch|architecture|model(_?(type|name|class))?|network|net|backbone|encoder(_?name)?)$/i,
    agrees: /^(deep|spiking|plain|vanilla|[ _-])*u-?net$/i,
    expected: 'the U-Net of the paper',
  },
  { key: /^(attention|residual|use_?(attention|residual))$/i, agrees: NO, expected: 'a plain U-Net' },
  { key: /^padding_?mode$/i, agrees: /^zeros?$/i, expected: 'zeros' },
  { key: /^(depth|levels|stages|num_?(levels|stages|downs))$/i, agrees: /^4$/, expected: '4' },
];

/** Refuses metadata that describes another architecture (DataError); values may be JSON objects. */
export function refuseOtherArchitecture(metadata: ReadonlyMap<string, string>, source: string): void {
  for (const [key, value] of metadata) {
    for (const [name, text] of [[key, value], ...membersOf(value)]) {
      const rule = RULES.find((rule) => rule.key.test(name) && !rule.agrees.test(text.trim()));
      if (rule) {
        throw new DataError(
          `${source}: its metadata says ${shown(name)} is ${JSON.stringify(text.slice(0, 100))}, expected ${rule.expected}: this network cannot be run here`,
        );
      }
    }
  }
  if (metadata.get('stage') === 'snn') {
    throw new DataError(`${source}: is a spiking network of this program: it can be run as it is`);
  }
}

/** Texts, numbers and booleans of a JSON object; empty if a value is not such an object. */
function membersOf(value: string): [string, string][] {
  if (!value.startsWith('{')) return [];
  try {
    const members = Object.entries(JSON.parse(value) as Record<string, unknown>);
    return members
      .filter(([, member]) => typeof member !== 'object')
      .map(([name, member]) => [name, String(member)]);
  } catch {
    return []; // a text that only looks like JSON has no members
  }
}
