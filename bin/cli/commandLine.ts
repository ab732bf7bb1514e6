/** A command as it can be typed again. */

/** Quotes what a shell would take apart or expand. */
export function commandLine(stage: string, argv: readonly string[]): string {
  const quoted = argv.map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`,
  );
  return ['spiking-unet', stage, ...quoted].join(' ');
}
