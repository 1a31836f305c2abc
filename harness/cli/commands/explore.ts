import type { Command } from '../command.ts';
import { exploreDefaults } from '../explore-defaults.ts';
import { runningOptions } from '../run-selected.ts';
import { selectionOptions } from '../selection-options.ts';

/** `assay explore`: every state that a power cut could leave (design 7). */
export const explore: Command = {
  usage: 'explore [names..]',
  summary: 'record what a scenario writes, and try what power cuts would have left of it',
  options: {
    machine: { type: 'string', requiresArg: true, describe: "the machine (default: the scenario's first)" },
    disk: { type: 'string', requiresArg: true, describe: 'the disk (default: the first of the machine)' },
    span: {
      type: 'string',
      requiresArg: true,
      describe: "'/regular expression/': the writes while a step goes on whose sentence matches",
    },
    from: {
      type: 'string',
      requiresArg: true,
      describe: 'from this moment, as of `assay drill` (default: every power-on of the machine)',
    },
    to: {
      type: 'string',
      requiresArg: true,
      describe: 'to this moment (default: until the machine goes off)',
    },
    budget: {
      type: 'string',
      requiresArg: true,
      describe: `how long states are tried, for all power-ons together (default: ${exploreDefaults.budget})`,
    },
    boots: {
      type: 'string',
      requiresArg: true,
      describe: 'at most so many states in a machine, of each power-on',
    },
    draws: {
      type: 'string',
      requiresArg: true,
      describe: `evenly drawn states, which say something of the others (default: ${exploreDefaults.draws})`,
    },
    'tear-unit': {
      type: 'string',
      requiresArg: true,
      describe: 'sectors of 512 bytes between which a write may tear: 8 on a disk of 4 KiB (default: 1)',
    },
    'tear-everywhere': {
      type: 'boolean',
      describe:
        'tear a write after each of its sectors, not only after the first, in the middle, before the last',
    },
    forks: {
      type: 'boolean',
      default: true,
      describe:
        'judge states in forks of a machine that is up, where one can stand for them; --no-forks boots each in full',
    },
    'well-within': {
      type: 'string',
      requiresArg: true,
      describe: `a machine has to be back within this (default: ${exploreDefaults.wellWithin})`,
    },
    recording: {
      type: 'string',
      requiresArg: true,
      describe: 'explore this recording, a folder that a report names, and record nothing',
    },
    state: {
      type: 'array',
      string: true,
      requiresArg: true,
      describe: 'with --recording: only this state, may be repeated',
    },
    ...selectionOptions,
    ...runningOptions,
  },
  examples: [
    ['assay explore unit-in-the-field', 'power cuts at every write of its system disk'],
    [
      'assay explore unit-in-the-field --from power-on --budget 30min',
      'only during the first time that it is switched on',
    ],
    [
      "assay explore unit-in-the-field --disk data --span '/it is given something to keep/'",
      'while a step goes on',
    ],
    ['assay explore boots-to-a-known-state --boots 0', 'only look at the disks, switch nothing on'],
    [
      'assay explore unit-in-the-field --recording .assay/runs/ID/…/power-on-1 --state 120:lost=113,115-117',
      'one state of a recording again',
    ],
  ],
  async run(words) {
    // The explorer takes longer to load than a short command to run.
    const { runExplorations } = await import('../run-explorations.ts');
    return runExplorations(words);
  },
};
