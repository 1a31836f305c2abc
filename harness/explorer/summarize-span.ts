import { errorMessage, sectorBytes } from '../../foundation/index.ts';
import { chosenStates } from './boot-order.ts';
import type { StateCluster } from './clusters.ts';
import { describeBound, type FailureBound } from './confidence.ts';
import { placesOfTable, tableOrNull } from './disk-places.ts';
import type { Exploration } from './exploration.ts';
import type { SpanPlace } from './explore-recording.ts';
import { type ForkReport, unconfirmedIn } from './fork-report.ts';
import { type JudgedState, uniformBound } from './judge-states.ts';
import { isDamaged, isLost, whyOf } from './judged-words.ts';
import type { ReportedState, SpanReport } from './span-report.ts';
import { writeTimeLine } from './time-line.ts';

const listedStates = 20;

/** What was found of one recording. States are named by their numbers. */
export interface SpanFindings {
  place: SpanPlace;
  exploration: Exploration;
  /** Those in the span. */
  clusters: readonly StateCluster[];
  fromPoint: number;
  verdicts: ReadonlyMap<number, JudgedState>;
  /** Null for those from which the product came back. */
  booted: ReadonlyMap<number, string | null>;
  failures: ReportedState[];
  failureCount: number;
  /** Boots for which the other disks were not known exactly. */
  betweenCount: number;
  unrecordedDisks: readonly string[];
  trouble: unknown;
  witnessMs: number;
  bootedMs: number;
  forks?: ForkReport;
  /** Of the witnesses. */
  uniform: FailureBound;
}

/** What a report says of one recording; its base image is asked for its partitions. */
export async function summarizeSpan(findings: SpanFindings): Promise<SpanReport> {
  const { place, exploration, clusters, verdicts } = findings;
  const { recording, recordingPath, commandFor } = place;
  const { machine, disk, powerOn } = recording;
  const notAsked = notAskedOf(findings);
  const judged = [...verdicts.values()];
  const placeOf = placesOfTable(await tableOrNull(exploration.history.basePath));
  return {
    ...{ machine, disk, powerOn, recordingPath },
    log: logOf(findings),
    acknowledgements: recording.acknowledgements.map(({ label }) => label),
    points: exploration.history.entries.length - findings.fromPoint + 1,
    ...{ enumerated: exploration.enumeratedCount, distinct: exploration.distinctCount },
    strata: Object.fromEntries(exploration.counts),
    clusters: clusters.length,
    witnesses: {
      judged: judged.length,
      damaged: judged.filter(isDamaged).length,
      lost: judged.filter(isLost).length,
      seconds: findings.witnessMs / 1000,
      uniform: withText(findings.uniform),
    },
    boots: bootsOf(findings),
    ...(findings.forks === undefined ? {} : { forks: findings.forks }),
    failureCount: findings.failureCount,
    failures: findings.failures,
    notAsked: notAsked.slice(0, listedStates).map((state) => ({
      ...{ state: state.identity, why: whyOf(state), command: commandFor(state.identity) },
    })),
    notCovered: notCovered(findings, notAsked.length),
    timeLine: writeTimeLine({ ...findings, recording }, placeOf),
  };
}

function notAskedOf({ verdicts, booted }: SpanFindings): JudgedState[] {
  return [...verdicts.values()].filter((judged) => isDamaged(judged) && !booted.has(judged.explored.number));
}

function logOf({ exploration, fromPoint }: SpanFindings): SpanReport['log'] {
  const entries = exploration.history.entries.slice(fromPoint);
  const writes = entries.filter(({ sectorCount, isDiscard }) => sectorCount > 0 && !isDiscard);
  return {
    writes: writes.length,
    flushes: entries.filter(({ isFlush }) => isFlush).length,
    discards: entries.filter(({ isDiscard }) => isDiscard).length,
    bytes: writes.reduce((sum, { sectorCount }) => sum + sectorCount * sectorBytes, 0),
  };
}

function bootsOf(findings: SpanFindings): SpanReport['boots'] {
  const { exploration, fromPoint, clusters, booted, verdicts, bootedMs } = findings;
  const numbersOf = (which: (judged: JudgedState) => boolean) =>
    [...verdicts].filter(([, judged]) => which(judged)).map(([number]) => number);
  // No machine is asked where something is lost, and a draw that is not legal must not be what the sample ends before.
  const lost = numbersOf(isLost);
  const failed = new Map([
    ...lost.map((number): [number, boolean] => [number, true]),
    ...[...booted].map(([number, why]): [number, boolean] => [number, why !== null]),
  ]);
  const chosen = new Set([...chosenStates(clusters, new Set(numbersOf(isDamaged))), ...lost]);
  const back = [...booted].filter(([, why]) => why === null);
  return {
    ...{ tried: booted.size, cameBack: back.length, seconds: bootedMs / 1000 },
    clusters: clusters.length - notBooted(findings).length,
    recovered: back.filter(([number]) => verdicts.get(number)?.isFailure).length,
    uniform: withText(uniformBound(exploration.drawnFrom(fromPoint), failed, chosen)),
  };
}

function notBooted({ clusters, booted }: SpanFindings): StateCluster[] {
  return clusters.filter(({ states }) => !states.some((number) => booted.has(number)));
}

function notCovered(findings: SpanFindings, notAsked: number): string[] {
  const { exploration, clusters, verdicts, betweenCount, unrecordedDisks, trouble, forks } = findings;
  const notJudged = clusters.flatMap(({ states }) => states).filter((number) => !verdicts.has(number));
  const skipped = [...exploration.counts.values()].reduce((sum, count) => sum + count.skipped, 0);
  const said: [number, string][] = [
    [notJudged.length, 'distinct states that no witness has looked at'],
    [notBooted(findings).length, 'clusters of which no machine was switched on with a state'],
    [unconfirmedIn(forks), 'states that were not back as forks, and that no full boot has confirmed'],
    [forks?.disagreements.length ?? 0, 'states that were back after a full boot, and not as forks'],
    [notAsked, 'states in which a witness has found damage, and no machine was switched on with them'],
    [skipped, 'single losses that were not enumerated'],
    [betweenCount, 'boots for which the other disks were known only between two moments'],
  ];
  return [
    ...said.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`),
    ...unrecordedDisks.map((name) => `disk ${name} was as at the power-on: it cannot be recorded`),
    ...(trouble === undefined ? [] : [`the boots ended before their time: ${errorMessage(trouble)}`]),
  ];
}

function withText(bound: FailureBound): FailureBound & { text: string } {
  return { ...bound, text: describeBound(bound) };
}
