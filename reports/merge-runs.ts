import { describeError } from './describe-error.ts';
import { reportsErrors } from './errors.ts';
import type { ReadEventLog } from './event-log-reader.ts';
import { type EventError, type RunEvent, type RunEventOf, runEventSchema } from './events.ts';
import { mergedFacts, sourceNotes } from './merged-facts.ts';
import { MergedSource, type PathOf } from './merged-source.ts';
import { RunFold } from './run-fold.ts';
import { summariseRun } from './run-summary.ts';

/** One run that is merged. */
export interface MergeInput {
  log: ReadEventLog;
  /** Its folder as people know it, for messages. */
  folder: string;
  /** Where a file of this run is found, seen from the merged run; without it paths stay as they are. */
  pathOf?: PathOf;
}

export interface MergedRuns {
  /** A whole log: run-started first, run-ended last, never back in time. */
  events: RunEvent[];
  /** What each attempt of each input is called now. */
  renamed: { input: MergeInput; scenarioId: string; mergedId: string }[];
}

/**
 * Merges the logs of several runs, or of the shards of one, into one log on one clock: each run is shifted by its
 * wall-clock start. Every scenario is kept, also those that ran in several: they become further repeats. Ids become
 * `1.ID`, `2.ID` in the order of the runs' starts. A run whose runner died is taken as it is, and said to be one;
 * so is a shard that is missing: both end the merged run with an error.
 *
 * @param facts What the merged run is called, and the command that made it.
 * @throws REPORTS_MERGE_TWICE, REPORTS_EVENT_INVALID for a log whose events do not fit together.
 */
export function mergeRuns(
  inputs: readonly MergeInput[],
  facts: { runId: string; argv: readonly string[] },
): MergedRuns {
  refuseTwins(inputs);
  const ordered = [...inputs].sort((one, other) => startMs(one) - startMs(other));
  const baseMs = startMs(ordered[0]!);
  const repeats = new Map<string, number>();
  const sources = ordered.map((input, index) => {
    const shiftMs = startMs(input) - baseMs;
    return new MergedSource({ number: index + 1, shiftMs, log: input.log, repeats, pathOf: input.pathOf });
  });
  const firsts = ordered.map(firstOf);
  const troubles = [...ordered.flatMap(troublesOf), ...missingShards(firsts)];
  const notes = [...sourceNotes(firsts), ...ordered.flatMap(warningsOf)];
  const note = (text: string, level: 'info' | 'warning') => ({ kind: 'note', atMs: 0, level, text }) as const;
  const body = sources.flatMap((source) => source.events).sort((one, other) => one.atMs - other.atMs);
  const events: RunEvent[] = [
    mergedFacts(firsts, facts),
    ...notes.map((text) => note(text, 'info')),
    ...troubles.map((text) => note(text, 'warning')),
    ...body,
  ].map((event) => runEventSchema.parse(event));
  events.push(runEnded(events, ordered, troubles));
  const renamed = sources.flatMap(({ renamed: ids }, index) =>
    [...ids].map(([scenarioId, mergedId]) => ({ input: ordered[index]!, scenarioId, mergedId })),
  );
  return { events, renamed };
}

function refuseTwins(inputs: readonly MergeInput[]): void {
  const folders = new Map<string, string>();
  for (const input of inputs) {
    const { runId } = firstOf(input);
    const other = folders.get(runId);
    if (other !== undefined) {
      throw reportsErrors.REPORTS_MERGE_TWICE({
        tried: `merge run ${runId}`,
        where: input.folder,
        got: `${other} holds this run, too`,
      });
    }
    folders.set(runId, input.folder);
  }
}

function firstOf({ log }: MergeInput): RunEventOf<'run-started'> {
  // The reader refuses a log that begins otherwise.
  return log.events[0] as RunEventOf<'run-started'>;
}

function startMs(input: MergeInput): number {
  return Date.parse(firstOf(input).startedAt);
}

/** What makes a run a part of one, in a sentence. */
function troublesOf({ log, folder }: MergeInput): string[] {
  if (log.events.at(-1)?.kind === 'run-ended') return [];
  const torn = log.tornLine === undefined ? '' : `; its last line (${log.tornLine.sizeBytes} bytes) is torn`;
  return [`${folder}: the runner ended before the run did${torn}`];
}

/** What a report of that run alone would warn of. */
function warningsOf({ log, folder }: MergeInput): string[] {
  return summariseRun({ events: log.events }).warnings.map((warning) => `${folder}: ${warning}`);
}

function missingShards(firsts: readonly RunEventOf<'run-started'>[]): string[] {
  const shards = firsts.flatMap(({ shard }) => (shard === undefined ? [] : [shard]));
  return [...Map.groupBy(shards, ({ of }) => of)].flatMap(([of, found]) => {
    const numbers = new Set(found.map(({ number }) => number));
    const missing = Array.from({ length: of }, (_, index) => index + 1).filter((one) => !numbers.has(one));
    return missing.map((number) => `shard ${number}/${of} is not among the merged runs`);
  });
}

function runEnded(
  events: readonly RunEvent[],
  inputs: readonly MergeInput[],
  troubles: readonly string[],
): RunEvent {
  const [first, ...others] = events;
  const fold = new RunFold(first!);
  for (const event of others) fold.apply(event);
  const ends = inputs.map(({ log }) => log.events.at(-1)!).filter((event) => event.kind === 'run-ended');
  const ownError = ends.find(({ error }) => error !== undefined)?.error;
  const error = ownError ?? (troubles.length === 0 ? undefined : partial(troubles));
  const ending = { interrupted: ends.some(({ interrupted }) => interrupted), ...(error && { error }) };
  return runEventSchema.parse({
    ...{ kind: 'run-ended', atMs: events.at(-1)!.atMs, counts: fold.counts },
    ...ending,
  });
}

function partial(troubles: readonly string[]): EventError {
  const error = reportsErrors.REPORTS_MERGE_PARTIAL({ tried: 'merge the runs', got: troubles.join('\n') });
  const { stack: _stack, ...described } = describeError(error);
  return described;
}
