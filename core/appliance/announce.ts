import { writeSync } from 'node:fs';

/**
 * Says one line on the console, for whoever watches the machine from outside: `ASSAY STAGE …`, `ASSAY READY {…}`.
 * It is written at once, since a restart may follow; a console that does not take it is no reason to stop.
 */
export function announce(text: string): void {
  try {
    // Kernel messages do not end in a carriage return; the line begins on a new one whatever came before.
    writeSync(1, `\nASSAY ${text.replace(/\s*\n\s*/g, ' | ')}\n`);
  } catch {
    // Nobody is listening.
  }
}
