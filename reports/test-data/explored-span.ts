import type { z } from 'zod';
import { type Exploration, explorationSchema } from '../exploration.ts';

type GivenSpan = z.input<typeof explorationSchema>['spans'][number];

/**
 * Twelve entries: writes to two places, two flushes, a promise; one state that is not legal, one that was damaged and that the
 * product got over. Every free text is the one given.
 */
export function givenSpan(text = 'ASSAY READY', more: Partial<GivenSpan> = {}): GivenSpan {
  const write = (place: number, sectors: number, fua = 0) => ({ place, writes: 1, sectors, fua });
  const sound = { enumerated: 4, states: 2, looked: 2, witnessed: 2 };
  const flush = { flushes: 1, enumerated: 2, states: 1, looked: 1, witnessed: 1 };
  return {
    ...{ machine: text, disk: text, powerOn: 1, points: 13, enumerated: 40, distinct: 20, clusters: 4 },
    log: { writes: 9, flushes: 2, discards: 1, bytes: 51_200 },
    acknowledgements: [text, text, text],
    witnesses: { judged: 20, damaged: 1, lost: 1, uniform: { text } },
    boots: { tried: 1, cameBack: 1, clusters: 1, recovered: 1, uniform: { text, draws: 3 } },
    failureCount: 1,
    failures: [{ state: '7:lost=6', why: text, command: text, diskPath: text }],
    notAsked: [{ state: text, why: text, command: text }],
    notCovered: [text],
    timeLine: {
      version: 1,
      ...{ fromPoint: 0, points: 13, entriesPerColumn: 1 },
      places: [
        { name: text, writes: 4, sectors: 32 },
        { name: 'partition 1', writes: 5, sectors: 68, discards: 1 },
      ],
      columns: [
        { enumerated: 1, states: 1, looked: 1, witnessed: 1 },
        { hits: [write(0, 8)], atRisk: 1, ...sound },
        { hits: [write(0, 8)], atRisk: 2, ...sound },
        { hits: [write(1, 4, 1)], atRisk: 2, ...sound },
        flush,
        { hits: [write(1, 16)], atRisk: 1, ...sound },
        { hits: [{ place: 1, discards: 1 }], atRisk: 2, ...sound },
        { hits: [write(1, 16)], atRisk: 3, ...sound, witnessed: 1, notLegal: 1 },
        { hits: [write(1, 16)], atRisk: 4, ...sound, booted: 1, witnessed: 1, recovered: 1 },
        flush,
        { hits: [write(0, 8)], atRisk: 1, ...sound, looked: 0, witnessed: 0 },
        { hits: [write(0, 8)], atRisk: 2, ...sound },
        { hits: [write(1, 16)], atRisk: 3, ...sound },
      ],
      totals: { states: 20, looked: 18, booted: 1, notLegal: 1, recovered: 1, witnessed: 16 },
      acknowledgedAt: [0, 5, null],
    },
    ...more,
  };
}

/** The same as it is read. */
export function exploration(...spans: GivenSpan[]): Exploration {
  return explorationSchema.parse({ version: 1, seed: 'seven', spans });
}
