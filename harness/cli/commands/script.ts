import { exitCodes } from '../../exit-code.ts';
import type { Command } from '../command.ts';
import { scriptCheck } from './script-check.ts';
import { scriptSchema } from './script-schema.ts';
import { scriptSteps } from './script-steps.ts';

/** `assay script`: the scripts of recovery media, before they go there. */
export const script: Command = {
  usage: 'script',
  summary: 'check scripts for recovery media, and help to write them',
  options: {},
  subcommands: [scriptCheck, scriptSchema, scriptSteps],
  examples: [...scriptCheck.examples, ...scriptSchema.examples, ...scriptSteps.examples],
  // One of the subcommands runs instead.
  run: async () => exitCodes.usage,
};
