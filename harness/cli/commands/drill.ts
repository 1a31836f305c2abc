import { defaultWellWithinMs } from '../../drills/well-within.ts';
import type { Command } from '../command.ts';
import { axisOptions, campaignOptions, checkpointsOption } from '../drill-options.ts';
import { runningOptions } from '../run-selected.ts';
import { selectionOptions } from '../selection-options.ts';
import { shrinkOptions } from '../shrink-options.ts';

/** `assay drill`: scenarios under faults (spec H4). */
export const drill: Command = {
  usage: 'drill [names..]',
  summary: 'run scenarios under injected faults',
  options: {
    fault: {
      type: 'array',
      string: true,
      requiresArg: true,
      describe: "a fault, its parameters and its moment, 'NAME key=value at MOMENT'; several make one plan",
    },
    each: { type: 'boolean', describe: 'a drill of its own for each --fault, not one with all of them' },
    list: { type: 'boolean', describe: 'show the faults, their parameters and the moments, and run nothing' },
    markdown: { type: 'boolean', describe: 'with --list: the page of the documentation' },
    'well-within': {
      type: 'string',
      requiresArg: true,
      describe: `after the faults a machine has to be well again within this (default: ${defaultWellWithinMs / 60_000}min)`,
    },
    ends: {
      type: 'string',
      requiresArg: true,
      describe:
        "the rightful end where that is not 'well again': 'refused:/regular expression/' of what the console shows",
    },
    ...axisOptions,
    ...checkpointsOption,
    ...shrinkOptions,
    ...campaignOptions,
    ...selectionOptions,
    'last-failed': { ...selectionOptions['last-failed'], describe: 'not of drills: `assay rerun latest`' },
    'failed-in': { ...selectionOptions['failed-in'], describe: 'not of drills: `assay rerun RUN`' },
    ...runningOptions,
    repeat: { type: 'string', requiresArg: true, describe: 'run each so many times' },
    retries: {
      type: 'string',
      requiresArg: true,
      describe: 'try again what failed, so many times (default: 0)',
    },
  },
  examples: [
    ['assay drill --list', 'all faults, with their parameters'],
    [
      "assay drill unit-in-the-field --fault 'file-system-damaged partition=primary-root'",
      'before the second power-on',
    ],
    [
      "assay drill unit-in-the-field --fault 'power-cut at console:/ASSAY STAGE signature/'",
      'at a console line',
    ],
    [
      "assay drill unit-in-the-field --fault 'power-cut lose=some at in-write:40@system'",
      'in the middle of a write',
    ],
    [
      "assay drill unit-in-the-field --fault 'file-system-damaged' --fault 'power-cut at console:/ASSAY EMERGENCY/'",
      'two faults: damage, and a power cut during the recovery',
    ],
    [
      'assay drill unit-in-the-field --fault … --fault … --fault … --shrink',
      'if it fails, the fewest of the faults that still fail',
    ],
    [
      "assay drill unit-in-the-field --fault … --ends 'refused:/REBUILD-FAILED/'",
      'the appliance has to give up, and to say so',
    ],
    [
      "assay drill 'update-*' --fault 'disk-slow at power-on' --fault 'clock-wrong at power-on' --each",
      'many drills',
    ],
    [
      'assay drill --matrix --budget 30min',
      'a campaign: what the matrix of drills has, as far as time allows',
    ],
    [
      "assay drill unit-in-the-field --controller ahci --layout headless-single-disk --fault 'reset at time:10s'",
      'on another controller and layout',
    ],
    ['assay drill --matrix --no-checkpoints', 'every drill makes its own first start'],
    ['assay drill --matrix --resume latest', 'what the newest run of the matrix did not come to'],
  ],
  async run(words) {
    // The fault catalogue takes longer to load than a short command to run.
    const { runDrills } = await import('../run-drills.ts');
    return runDrills(words);
  },
};
