import { z } from 'zod';
import { stepKind } from '../step-kind.ts';

/** Says something on the console and in the script's log (spec R5). */
export const writeLog = stepKind({
  name: 'log',
  summary: 'say something on the console and in the log',
  options: z.strictObject({ text: z.string().describe('What is said; each line is one of the log.') }),
  async run({ text }, { log }) {
    for (const line of text.trimEnd().split('\n')) log(line);
  },
});
