import { parseMoment } from '../../drills/moment.ts';
import { harnessErrors } from '../../errors.ts';
import { exitCodeOf } from '../../exit-code.ts';
import { parseCrashState } from '../../explorer/crash-state.ts';
import { type ExploreScenarioOptions, exploredScenario } from '../../explorer/explored-scenario.ts';
import type { Span } from '../../explorer/span.ts';
import { type SpanReport, spanReportText } from '../../explorer/span-report.ts';
import type { Command, Words } from '../command.ts';
import { durationOption } from '../duration-option.ts';
import { flag, positiveCount, text, texts, wholeNumber } from '../option-values.ts';
import { runningOptions, runSelected } from '../run-selected.ts';
import { chooseScenarios, selectionOptions } from '../selection-options.ts';

const defaultBudget = '10min';
const defaultWellWithin = '5min';
const defaultDraws = 400;

/** What is said again in the command that repeats an exploration. */
const repeated = [
  ...['machine', 'disk', 'span', 'from', 'to', 'budget', 'boots', 'draws', 'tear-unit', 'well-within'],
  ...['recording', 'state'],
];

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
      describe: `how long states are tried, for all power-ons together (default: ${defaultBudget})`,
    },
    boots: {
      type: 'string',
      requiresArg: true,
      describe: 'at most so many states in a machine, of each power-on',
    },
    draws: {
      type: 'string',
      requiresArg: true,
      describe: `evenly drawn states, which say something of the others (default: ${defaultDraws})`,
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
    'well-within': {
      type: 'string',
      requiresArg: true,
      describe: `a machine has to be back within this (default: ${defaultWellWithin})`,
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
    const reports: Record<string, readonly SpanReport[]> = {};
    const onReport = (scenario: string, found: readonly SpanReport[]) => {
      reports[scenario] = found;
    };
    const options = { ...exploreOptions(words), onReport };
    refuseEverything(words);
    const choice = await chooseScenarios(words);
    const selected = choice.selected.map(({ scenario, file }) => ({
      scenario: exploredScenario(scenario, options),
      file,
    }));
    const result = await runSelected(words, {
      ...{ selected, shard: choice.shard, notes: choice.notes, repeat: 1 },
      conclude: async () => ({
        text: Object.values(reports).map(spanReportText).join(''),
        json: { explored: reports },
      }),
    });
    return exitCodeOf({ ...result, failOnFlaky: false });
  },
};

function exploreOptions(words: Words): ExploreScenarioOptions {
  const states = texts(words, 'state').map(parseCrashState);
  const recordingFolder = text(words, 'recording');
  if (states.length > 0 && recordingFolder === undefined) {
    throw harnessErrors.HARNESS_USAGE({
      tried: 'read --state',
      expected: '--recording beside it: a new recording has other writes, and the same text is another state',
    });
  }
  const [machine, disk] = [text(words, 'machine'), text(words, 'disk')];
  return {
    span: spanOf(words),
    ...(machine === undefined ? {} : { machine }),
    ...(disk === undefined ? {} : { disk }),
    ...(recordingFolder === undefined ? {} : { recordingFolder }),
    ...(states.length === 0 ? {} : { states }),
    budgetMs: duration(words, 'budget', defaultBudget),
    wellWithinMs: duration(words, 'well-within', defaultWellWithin),
    boots: wholeNumber(words, 'boots') ?? Number.POSITIVE_INFINITY,
    uniformDraws: wholeNumber(words, 'draws') ?? defaultDraws,
    tearEverywhere: flag(words, 'tear-everywhere'),
    tearUnitSectors: positiveCount(words, 'tear-unit') ?? 1,
    words: [
      ...repeated.flatMap((name) => texts(words, name).flatMap((value) => [`--${name}`, value])),
      ...(flag(words, 'tear-everywhere') ? ['--tear-everywhere'] : []),
    ],
  };
}

function spanOf(words: Words): Span {
  const [during, from, to] = [text(words, 'span'), text(words, 'from'), text(words, 'to')];
  if (during === undefined) {
    return {
      ...(from === undefined ? {} : { from: momentOf('from', from) }),
      ...(to === undefined ? {} : { to: momentOf('to', to) }),
    };
  }
  const moment = /^\/.+\/[imsu]*$/s.test(during) ? parseMoment(`step:${during}`) : undefined;
  if (moment?.kind === 'step' && from === undefined && to === undefined) return { during: moment.pattern };
  throw harnessErrors.HARNESS_USAGE({
    tried: 'read --span',
    expected: "'/regular expression/' of a step, and neither --from nor --to",
    got: during,
  });
}

function momentOf(option: 'from' | 'to', given: string) {
  const moment = parseMoment(given);
  if (moment.kind !== 'write' && moment.kind !== 'in-write') return moment;
  throw harnessErrors.HARNESS_USAGE({
    tried: `read --${option}`,
    expected: 'power-on:2, step:/…/, console:/…/ or time:60s: recorded writes are not counted on the way',
    got: given,
  });
}

function duration(words: Words, name: string, otherwise: string): number {
  const given = text(words, name) ?? otherwise;
  // Here `10m` is minutes, too.
  return durationOption({ [name]: given.replace(/(\d)m$/, '$1min') }, name)!;
}

/** To explore all scenarios for ten minutes each is hardly what was meant. */
function refuseEverything(words: Words): void {
  const chosen = ['names', 'grep', 'tag', 'failed-in'].some((name) => texts(words, name).length > 0);
  if (chosen || words['last-failed'] === true) return;
  throw harnessErrors.HARNESS_USAGE({
    tried: 'explore without a scenario',
    expected: 'its name: assay explore unit-in-the-field',
  });
}
