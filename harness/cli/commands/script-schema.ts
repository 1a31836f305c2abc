import { recoveryScriptJsonSchema } from '../../../core/factory/index.ts';
import { exitCodes } from '../../exit-code.ts';
import type { Command } from '../command.ts';

/** `assay script schema`: what editors need to complete and mark scripts. */
export const scriptSchema: Command = {
  usage: 'schema',
  summary: 'print the JSON Schema of scripts, for editors',
  options: {},
  examples: [
    [
      'assay script schema > script.schema.json',
      'a file for `# yaml-language-server: $schema=script.schema.json`',
    ],
  ],
  async run() {
    process.stdout.write(`${JSON.stringify(recoveryScriptJsonSchema(), undefined, 2)}\n`);
    return exitCodes.passed;
  },
};
