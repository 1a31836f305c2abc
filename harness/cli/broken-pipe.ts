/**
 * `assay … | head`: when the reader goes away, output is dropped and the command goes on to its end, for a run must
 * still tear its machines down and write its reports. The exit code stays what it is.
 */
export function goOnWhenNobodyReads(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
