import yargs from 'yargs';
import { harnessErrors } from '../errors.ts';

/** What was wrong with a command line, and where. */
interface Refused {
  tried: string;
  got: string;
}

/**
 * Reads the words of a command of `npm run`, `npm run bench -- NAME`, in the way that all of them are read: every option has
 * to be known, and numbers stay texts.
 *
 * @param refuse Makes the error for what it cannot understand, HARNESS_USAGE by default.
 */
export function npmScriptParser(
  words: readonly string[],
  script: string,
  refuse: (facts: Refused) => Error = harnessErrors.HARNESS_USAGE,
) {
  return yargs(words)
    .scriptName(`npm run ${script} --`)
    .parserConfiguration({ 'parse-numbers': false, 'parse-positional-numbers': false })
    .version(false)
    .strictOptions()
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? refuse({ tried: `read ${words.join(' ')}`, got: message ?? 'not readable' });
    });
}
