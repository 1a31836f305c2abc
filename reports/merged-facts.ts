import { isDeepStrictEqual } from 'node:util';
import type { CampaignFacts } from './drill-facts.ts';
import type { RunEventOf } from './events.ts';

type RunStarted = RunEventOf<'run-started'>;

/** The run-started event of a merged run: the facts of the run that started first, for the scenarios of all. */
export function mergedFacts(
  firsts: readonly RunStarted[],
  { runId, argv }: { runId: string; argv: readonly string[] },
): RunStarted {
  const { shard: _shard, plannedScenarios: _planned, selected: _selected, campaign, ...facts } = firsts[0]!;
  const planned = firsts.map(({ plannedScenarios }) => plannedScenarios);
  const selected = firsts.map((first) => first.selected);
  // Where all are parts of one campaign, they are it together.
  const isOne = firsts.every((first) => first.campaign?.planDigest === campaign?.planDigest);
  return {
    ...(isOne && campaign !== undefined && { campaign: withoutPart(campaign) }),
    ...{ ...facts, runId, argv: [...argv], atMs: 0 },
    ...(planned.every((count) => count !== undefined)
      ? { plannedScenarios: planned.reduce((sum, count) => sum + count, 0) }
      : {}),
    ...(selected.every((names) => names !== undefined) ? { selected: [...new Set(selected.flat())] } : {}),
  };
}

function withoutPart({ budgetMs: _budget, resumes: _resumes, ...campaign }: CampaignFacts): CampaignFacts {
  return campaign;
}

/** A sentence for each run that was merged, and one for each fact in which a run differs from the first. */
export function sourceNotes(firsts: readonly RunStarted[]): string[] {
  return firsts.flatMap((first, index) => {
    const shard = first.shard === undefined ? '' : `shard ${first.shard.number}/${first.shard.of}, `;
    const origin = `${index + 1}: run ${first.runId}, ${shard}started ${first.startedAt}`;
    return [`${origin}: assay ${first.argv.join(' ')}`, ...differences(firsts[0]!, first, index + 1)];
  });
}

function differences(reference: RunStarted, other: RunStarted, number: number): string[] {
  const before = shownFacts(reference);
  return Object.entries(shownFacts(other))
    .filter(([name, value]) => !isDeepStrictEqual(value, before[name]))
    .map(([name, value]) => `${number}: ${name} is ${shown(value)}, in 1 it is ${shown(before[name])}`);
}

function shownFacts({ seed, timeoutScale, assayVersion, host }: RunStarted): Record<string, unknown> {
  const { accelerator, ...others } = host;
  return { seed, timeoutScale, assayVersion, ...others, accelerator: accelerator?.name };
}

function shown(value: unknown): string {
  return value === undefined ? 'not known' : String(value);
}
