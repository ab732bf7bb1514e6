/** `spiking-unet ... | head`: a reader that has seen enough is no error. */

/** Ends the program quietly when nobody reads its output any more. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}
