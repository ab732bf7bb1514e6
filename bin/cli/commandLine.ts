/** Commands as they can be typed again. */

export function commandLine(stage: string, argv: readonly string[]): string {
  return ['spiking-unet', stage, ...argv.map(shellWord)].join(' ');
}

/** A word as a POSIX shell reads it: quoted if the shell would take it apart or expand it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
