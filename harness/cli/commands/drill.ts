import { catalogueMarkdown } from '../../drills/catalogue-markdown.ts';
import { catalogueText, faultData } from '../../drills/catalogue-text.ts';
import { defaultWellWithinMs, drilledScenario } from '../../drills/drilled-scenario.ts';
import { type PlannedFault, parsePlannedFault } from '../../drills/fault-plan.ts';
import { harnessErrors } from '../../errors.ts';
import { exitCodeOf } from '../../exit-code.ts';
import type { LoadedScenario } from '../../load-scenarios.ts';
import type { Command, Words } from '../command.ts';
import { campaignOptions, runCampaign } from '../drill-campaign.ts';
import { durationOption } from '../duration-option.ts';
import { flag, positiveCount, text, texts, wholeNumber } from '../option-values.ts';
import { runningOptions, runSelected } from '../run-selected.ts';
import { chooseScenarios, selectionOptions } from '../selection-options.ts';

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
    ...campaignOptions,
    ...selectionOptions,
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
      "assay drill 'update-*' --fault 'disk-slow at power-on' --fault 'clock-wrong at power-on' --each",
      'many drills',
    ],
    [
      'assay drill --matrix --budget 30min',
      'a campaign: what the matrix of drills has, as far as time allows',
    ],
    ['assay drill --matrix --resume latest', 'what the newest run of the matrix did not come to'],
  ],
  async run(words) {
    if (flag(words, 'list')) return list(words);
    const wellWithinMs = durationOption(words, 'well-within') ?? defaultWellWithinMs;
    if (text(words, 'matrix') !== undefined) return runCampaign(words, wellWithinMs);
    refuseResume(words);
    const plans = plansOf(words);
    const choice = await chooseScenarios(words);
    const selected = choice.selected.flatMap(({ scenario, file }): LoadedScenario[] =>
      plans.map((plan) => ({ scenario: drilledScenario(scenario, plan, { wellWithinMs }), file })),
    );
    const result = await runSelected(words, {
      ...{ selected, shard: choice.shard, notes: choice.notes },
      repeat: positiveCount(words, 'repeat') ?? 1,
      retries: wholeNumber(words, 'retries') ?? 0,
      budgetMs: durationOption(words, 'budget'),
    });
    return exitCodeOf({ ...result, failOnFlaky: false });
  },
};

function refuseResume(words: Words): void {
  if (text(words, 'resume') === undefined) return;
  const remedy = 'name the matrix, too: --matrix --resume latest';
  throw harnessErrors.HARNESS_USAGE({ tried: 'use --resume without --matrix', remedy });
}

function list(words: Words): number {
  const names = texts(words, 'names');
  const said = flag(words, 'json')
    ? `${JSON.stringify(faultData(names), null, 2)}\n`
    : flag(words, 'markdown')
      ? catalogueMarkdown()
      : catalogueText(names);
  process.stdout.write(said);
  return 0;
}

/** All faults in one plan, or a plan for each. */
function plansOf(words: Words): PlannedFault[][] {
  const faults = texts(words, 'fault').map(parsePlannedFault);
  if (faults.length === 0) {
    throw harnessErrors.HARNESS_USAGE({
      tried: 'drill without a fault',
      expected: "--fault 'NAME at MOMENT', for example --fault 'boot-record-damaged at power-on:2'",
      remedy: '`assay drill --list` shows all faults; --matrix runs a campaign',
    });
  }
  return flag(words, 'each') ? faults.map((fault) => [fault]) : [faults];
}
