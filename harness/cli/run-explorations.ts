import { harnessErrors } from '../errors.ts';
import { exitCodeOf } from '../exit-code.ts';
import { exploredScenario } from '../explorer/explored-scenario.ts';
import { type SpanReport, spanReportText } from '../explorer/span-report.ts';
import type { Words } from './command.ts';
import { exploreOptions } from './explore-options.ts';
import { texts } from './option-values.ts';
import { runSelected } from './run-selected.ts';
import { chooseScenarios } from './selection-options.ts';

/** `assay explore`: every state that a power cut could leave (design 7). @returns the exit code. */
export async function runExplorations(words: Words): Promise<number> {
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
