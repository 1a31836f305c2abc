import { announce } from '../appliance/announce.ts';
import { runCommand, serveMachine } from '../known-state/running/index.ts';

/**
 * The program of a system that boots to a known state: the service without words, started by init; else a command of
 * `known-state`.
 */
async function main(words: readonly string[]): Promise<number> {
  if (words.length > 0) return await runCommand(words);
  await serveMachine();
  return 0;
}

main(process.argv.slice(2)).then(
  // What is still told or asked is no reason to stay.
  (code) => process.exit(code),
  (error: unknown) => {
    announce(`FAILED ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    process.exit(1);
  },
);
