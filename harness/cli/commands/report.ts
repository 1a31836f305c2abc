import { exitCodes } from '../../exit-code.ts';
import type { Command } from '../command.ts';
import { reportMerge } from './report-merge.ts';
import { reportOpen } from './report-open.ts';
import { reportShow } from './report-show.ts';

/** `assay report`: the reports of runs of the past. */
export const report: Command = {
  usage: 'report',
  summary: 'show, open and merge the reports of earlier runs',
  options: {},
  subcommands: [reportShow, reportOpen, reportMerge],
  examples: [...reportShow.examples, ...reportOpen.examples, ...reportMerge.examples],
  // One of the subcommands runs instead.
  run: async () => exitCodes.usage,
};
