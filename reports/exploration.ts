import { z } from 'zod';
import { count, name, path, text, words } from './event-fields.ts';

/** What the explorer of power cuts leaves beside the evidence of a scenario, as an artifact of the kind `json`. */
export const explorationFileName = 'explore.json';

const some = count.default(0);

/** What happened to one place of the disk within one column. */
const hit = z.object({
  /** Counts from 0 in `places`. */
  place: count,
  writes: some,
  sectors: some,
  /** Of the writes, those that were durable by themselves. */
  fua: some,
  discards: some,
});

/** States, each once however often it came up, and what is known of them. What is not said is zero. */
const stateCounts = {
  states: some,
  /** A witness has looked at them. */
  looked: some,
  /** A machine was switched on with them, or a fork went on with them. */
  booted: some,
  /** Something that was promised by then is lost, or the product did not come back. */
  notLegal: some,
  /** A witness has found damage, and there was no time for a machine. */
  notAsked: some,
  /** Damaged, and the product came back all the same. */
  recovered: some,
  /** It came back, and no witness had found damage. */
  cameBack: some,
  /** Legal for all that a witness saw; no machine was asked. */
  witnessed: some,
};

/** Entries of the log that stand together, and the states that the cuts after each of them may leave. */
const column = z.object({
  hits: z.array(hit).default([]),
  flushes: some,
  /** Of its cuts, the most entries that one of them could have lost. */
  atRisk: some,
  /** States that were worked out at its cuts, equal ones as often as they came up. */
  enumerated: some,
  ...stateCounts,
});

/**
 * The writes of one power-on, its flushes, what was acknowledged, and the verdict at every cut. A log of any length has few
 * columns: what stands together in one is added up, and nothing is left out of the sums.
 */
export const writeTimeLineSchema = z.object({
  version: z.literal(1),
  /** The cut before the first entry that is drawn: so many entries of the log came before the span. */
  fromPoint: count,
  /** Cuts, one more than entries. */
  points: count,
  /** So many stand in a column; the last may have fewer. */
  entriesPerColumn: z.int().positive(),
  /** Parts of the disk that were written to, in the order in which they lie. */
  places: z
    .array(z.object({ name, writes: some, sectors: some, discards: some }))
    .overwrite((places) => places.slice(0, 64)),
  /** The first one has no entry: it is the cut before all of them. */
  columns: z.array(column).min(1).max(2_000),
  /** Of all columns together: many a state may be left by cuts of several. */
  totals: z.object(stateCounts),
  /** Of each acknowledgement of the span, the first cut after it; null for one that came after the span. */
  acknowledgedAt: z.array(count.nullable()),
});

const reportedState = z.object({ state: words, why: words, command: words, diskPath: path.optional() });
const reportedStates = z.array(reportedState).overwrite((states) => states.slice(0, 100));
const bound = z.object({ text: words });

/** What a page shows of one power-on. */
const span = z.object({
  machine: name,
  disk: name,
  powerOn: count,
  log: z.object({ writes: count, flushes: count, discards: count, bytes: count }),
  acknowledgements: z.array(text(400)).overwrite((labels) => labels.slice(0, 10_000)),
  ...{ points: count, enumerated: count, distinct: count, clusters: count },
  witnesses: z.object({ judged: count, damaged: count, lost: count, uniform: bound }),
  boots: z.object({
    ...{ tried: count, cameBack: count, clusters: count, recovered: count },
    uniform: bound.extend({ draws: count }),
  }),
  /** Where some of the machines were forks; from those that came back there was no full boot. */
  forks: z.object({ cameBack: count }).optional().catch(undefined),
  failureCount: count,
  failures: reportedStates,
  notAsked: reportedStates,
  notCovered: z.array(words).overwrite((sentences) => sentences.slice(0, 100)),
  /** Not there when it was explored by an Assay that drew none; a newer one than this is not drawn. */
  timeLine: writeTimeLineSchema.optional().catch(undefined),
});

/** As much of `explore.json` as a page shows; what it does not know it passes over. */
export const explorationSchema = z.object({
  version: z.literal(1),
  spans: z.array(span).overwrite((spans) => spans.slice(0, 200)),
});

export type Exploration = z.output<typeof explorationSchema>;
export type ExploredSpanReport = Exploration['spans'][number];
export type WriteTimeLine = z.output<typeof writeTimeLineSchema>;
export type WriteColumn = WriteTimeLine['columns'][number];
export type StateCounts = WriteTimeLine['totals'];
