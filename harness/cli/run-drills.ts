import { catalogueMarkdown } from '../drills/catalogue-markdown.ts';
import { catalogueText, faultData } from '../drills/catalogue-text.ts';
import { drilledScenario } from '../drills/drilled-scenario.ts';
import { type PlannedFault, parsePlannedFault } from '../drills/fault-plan.ts';
import { parseRightfulEnd } from '../drills/rightful-end.ts';
import { defaultWellWithinMs } from '../drills/well-within.ts';
import { harnessErrors } from '../errors.ts';
import { exitCodeOf } from '../exit-code.ts';
import type { Words } from './command.ts';
import { axesOf } from './drill-axes.ts';
import { runCampaign } from './drill-campaign.ts';
import { durationOption } from './duration-option.ts';
import { keptStartsFor } from './kept-starts-for.ts';
import { flag, positiveCount, text, texts, wholeNumber } from './option-values.ts';
import { type RunConclusion, runSelected } from './run-selected.ts';
import { chooseScenarios } from './selection-options.ts';
import { Shrinking } from './shrinking.ts';

/** `assay drill`: lists the faults, runs a campaign, or one plan of faults. @returns the exit code. */
export async function runDrills(words: Words): Promise<number> {
  if (flag(words, 'list')) return list(words);
  const wellWithinMs = durationOption(words, 'well-within') ?? defaultWellWithinMs;
  if (text(words, 'matrix') !== undefined) return runCampaign(words, wellWithinMs);
  refuseOtherChoices(words);
  const plans = plansOf(words);
  const ends = text(words, 'ends');
  const options = {
    wellWithinMs,
    ...axesOf(words),
    ...(ends !== undefined && { ends: parseRightfulEnd(ends) }),
  };
  const choice = await chooseScenarios(words);
  const drills = choice.selected.flatMap(({ scenario, file }) =>
    plans.map((plan) => ({ scenario, file, plan, options })),
  );
  const shrinking = Shrinking.asked(words, drills);
  await using starts = keptStartsFor(words, drills.length);
  const result = await runSelected(words, {
    ...{ shard: choice.shard, notes: choice.notes },
    selected: drills.map(({ scenario, file, plan }) => ({
      scenario: drilledScenario(scenario, plan, { ...options, starts }),
      file,
    })),
    repeat: positiveCount(words, 'repeat') ?? 1,
    retries: wholeNumber(words, 'retries') ?? 0,
    budgetMs: durationOption(words, 'budget'),
    ...(shrinking && {
      further: shrinking.further,
      conclude: async (): Promise<RunConclusion> => shrinking.conclusion,
    }),
  });
  return exitCodeOf({ ...result, failOnFlaky: false });
}

function refuseOtherChoices(words: Words): void {
  if (text(words, 'resume') !== undefined) {
    const remedy = 'name the matrix, too: --matrix --resume latest';
    throw harnessErrors.HARNESS_USAGE({ tried: 'use --resume without --matrix', remedy });
  }
  // The names of drills are made of scenario and faults: without their plans, what failed is no drill of these.
  const failed = flag(words, 'last-failed') ? 'latest' : text(words, 'failed-in');
  if (failed === undefined) return;
  throw harnessErrors.HARNESS_USAGE({
    tried: `use --${flag(words, 'last-failed') ? 'last-failed' : 'failed-in'} with drill`,
    expected: 'the drills that are to be run, by their scenarios and faults',
    remedy: `\`assay rerun ${failed}\` runs the drills again that failed, each with its faults`,
  });
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
