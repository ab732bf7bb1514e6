/**
 * The profiles: `paper` follows the paper, `official` the code that its authors published, defects included.
 * A profile only sets the defaults of the choices below; each has an option of its own (docs/audit.md).
 */

import { type Command, Option } from 'commander';

export type Profile = 'paper' | 'official';

/** The choices: the values of each (the first is the paper's), the authors' value, and a summary. */
const choices = {
  layerInput: {
    flag: '--layer-input <kind>',
    values: ['relu', 'tensor'],
    official: 'tensor',
    about: 'layer-wise, lambda of an input: of the ReLU before it, or measured on the tensor that is read',
  },
  slices: {
    flag: '--slices <kind>',
    values: ['whole', 'short'],
    official: 'short',
    about: 'connection-wise: scale each part of a concatenation, or all but its last channel',
  },
  flowBias: {
    flag: '--flow-bias <kind>',
    values: ['steps', 'once'],
    official: 'once',
    about: 'the bias is in I_in once a step (Algorithm 1, line 6), or once (Eq. 9)',
  },
  flow: {
    flag: '--flow <kind>',
    values: ['fired', 'gated', 'counted'],
    official: 'counted',
    about:
      'I_out: all that was fired (line 9); 0 where I_in <= 0 (Eq. 10); spikes of IF neurons without V_th (authors)',
  },
  area: {
    flag: '--area <kind>',
    values: ['image', 'padded'],
    official: 'padded',
    about: 'count the pixels of the image, or also its padding, and the border of the labels as background',
  },
  cut: {
    flag: '--cut <kind>',
    values: ['whole', 'patches'],
    official: 'patches',
    about: 'segment whole images, or each training-sized patch on its own',
  },
} as const;

type Choices = typeof choices;
export type ChoiceName = keyof Choices;

/** The value of each choice. */
export type Resolved = { readonly [Name in ChoiceName]: Choices[Name]['values'][number] };

export interface ProfileOptions extends Partial<Resolved> {
  readonly profile: Profile;
}

/** The option --profile, and those of the choices that matter to a stage. */
export function addProfileOptions(command: Command, ...names: readonly ChoiceName[]): void {
  const about = 'follow the paper, or the code its authors published';
  command.addOption(new Option('--profile <name>', about).choices(['paper', 'official']).default('paper'));
  for (const name of names) {
    const { flag, values, official, about } = choices[name];
    const defaults = `paper: ${values[0]}, official: ${official}`;
    command.addOption(new Option(flag, `${about} (${defaults})`).choices(values));
  }
}

/** The value of each choice: that of its option, or else that of the profile. */
export function resolveProfile(options: ProfileOptions): Resolved {
  const entries = Object.entries(choices).map(([name, { values, official }]) => [
    name,
    options[name as ChoiceName] ?? (options.profile === 'official' ? official : values[0]),
  ]);
  return Object.fromEntries(entries) as Resolved;
}
