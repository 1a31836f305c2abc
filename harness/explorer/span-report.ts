import type { WriteTimeLine } from '../../reports/index.ts';
import type { FailureBound } from './confidence.ts';
import type { Stratum } from './distinct-states.ts';
import type { StratumCount } from './explore-states.ts';
import { type ForkReport, forkRows } from './fork-report.ts';
import { timeLineStrip } from './time-line-strip.ts';

/** One state that is of interest, by its line of text. */
export interface ReportedState {
  /** `120:lost=113,115-117`. */
  state: string;
  /** What was found. */
  why: string;
  /** Repeats just this state. */
  command: string;
  /** The state as a disk, where it was kept. */
  diskPath?: string;
}

/** What exploring one power-on came to; `explore.json` holds one for each. */
export interface SpanReport {
  machine: string;
  disk: string;
  /** Counted from 1. */
  powerOn: number;
  /** What `--recording` takes. */
  recordingPath: string;
  /** Entries of the log within the span. */
  log: { writes: number; flushes: number; discards: number; bytes: number };
  acknowledgements: string[];
  /** Moments at which the power is cut: before and after each entry. */
  points: number;
  /** Of the whole power-on, also before the span. */
  enumerated: number;
  distinct: number;
  strata: Partial<Record<Stratum, StratumCount>>;
  /** Groups of states in the span that are alike. */
  clusters: number;
  /** By looking at the disk. */
  witnesses: {
    judged: number;
    damaged: number;
    lost: number;
    seconds: number;
    /** What the evenly drawn states say of the others; a state counts where a witness found damage or a loss. */
    uniform: FailureBound & { text: string };
  };
  /** By switching a machine on. */
  boots: {
    tried: number;
    cameBack: number;
    /** Clusters of which at least one state was tried. */
    clusters: number;
    /** States in which a witness had found damage, and from which the product came back all the same. */
    recovered: number;
    seconds: number;
    /** What the evenly drawn states say of the others; a state counts where a witness found a loss, or the product was not back. */
    uniform: FailureBound & { text: string };
  };
  /** Which of them were judged in forks. */
  forks?: ForkReport;
  failureCount: number;
  /** The first ones that are not legal: something that was promised is lost, or the product does not come back. */
  failures: ReportedState[];
  /** Where a witness found damage, and no machine was asked, for want of time; the first ones. */
  notAsked: ReportedState[];
  /** One sentence each: what this says nothing of. */
  notCovered: string[];
  /** Writes, flushes, acknowledgements and verdicts in their order, for drawing. */
  timeLine?: WriteTimeLine;
}

/** The reports as people read them. */
export function spanReportText(reports: readonly SpanReport[]): string {
  return reports.map(reportText).join('\n');
}

function reportText(report: SpanReport): string {
  const { machine, disk, powerOn, log, acknowledgements, witnesses, boots, timeLine } = report;
  const rows: [string, string][] = [
    [
      'recorded',
      `${log.writes} writes, ${log.flushes} flushes, ${log.discards} discards, ${mebibytes(log.bytes)} MiB; ${acknowledgements.length} acknowledgements`,
    ],
    [
      'states',
      `${report.points} points, ${report.enumerated} enumerated, ${report.distinct} distinct, ${report.clusters} clusters`,
    ],
    [
      'witnesses',
      `${witnesses.judged} judged in ${seconds(witnesses.seconds)}: ${witnesses.damaged} damaged, ${witnesses.lost} lost something`,
    ],
    ['', `evenly drawn, damaged or lost: ${witnesses.uniform.text}`],
    [
      'machines',
      `${boots.tried} booted in ${seconds(boots.seconds)}: ${boots.cameBack} came back, ${boots.recovered} of them from damage; ${boots.clusters} of ${report.clusters} clusters`,
    ],
    ...forkRows(report.forks),
    ...(boots.uniform.draws === 0
      ? []
      : [['', `evenly drawn, lost or not back: ${boots.uniform.text}`] as [string, string]]),
    ...(timeLine === undefined ? [] : timeLineStrip(timeLine)),
    ...report.failures.flatMap(({ state, why, command, diskPath }): [string, string][] => [
      ['NOT LEGAL', `${state}: ${why}`],
      ['', `again: ${command}`],
      ...(diskPath === undefined ? [] : [['', `disk: ${diskPath}`] as [string, string]]),
    ]),
    ...report.notAsked
      .slice(0, 3)
      .map(({ state, why }): [string, string] => ['not asked', `${state}: ${why}`]),
    ...report.notCovered.map((text, index): [string, string] => [index === 0 ? 'not covered' : '', text]),
  ];
  const title = `\npower cuts of ${machine}, disk ${disk}, power-on ${powerOn}\n`;
  return `${title}${rows.map(([name, value]) => `  ${name.padEnd(12)} ${value}\n`).join('')}`;
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(1);
}

function seconds(count: number): string {
  return `${count.toFixed(1)} s`;
}
