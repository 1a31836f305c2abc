import type { RunEventOf } from '../events.ts';
import type { Exploration } from '../exploration.ts';

/**
 * What the page shows beside the model of the run: the events that are only in the log, and recorded consoles. Keyed
 * by scenarioId, so that a run that was merged from several folders is no different from any other.
 */
export type ReportMaterial = ReadonlyMap<string, ScenarioMaterial>;

export interface ScenarioMaterial {
  /** QMP events and console markers, on the run's clock, in order of time. */
  events: RunEventOf<'qmp' | 'console'>[];
  /** How many of these events are not in `events`, to keep the page small; they were in the middle. */
  omittedEvents: number;
  consoles: ConsoleMaterial[];
  /** What its exploration of power cuts has found, where there was one. */
  exploration?: ExplorationMaterial;
  /** From a path as the run names it to what a link in the page holds. What is not here is shown, and not linked. */
  links: Readonly<Record<string, string>>;
}

export interface ExplorationMaterial {
  /** As the run names it. */
  path: string;
  /** Not there when the file cannot be read. */
  found?: Exploration;
  /** Why it cannot be read. */
  trouble?: string;
}

/** One serial port of one machine, over all its power cycles. */
export interface ConsoleMaterial {
  machine: string;
  port: string;
  /** The run's clock when the recording's time was zero: `atMs` of the artifact event. */
  startedAtMs: number;
  durationMs: number;
  /** Asciicast v2, gzipped, in base64; empty when there is no recording to replay. */
  recording: string;
  /** What was left out of the middle of the recording, on the recording's own clock. */
  omitted?: { sizeBytes: number; fromMs: number; untilMs: number };
  /** Where the whole of it lies, as it is linked, and its size. */
  files: { what: 'log' | 'recording'; href: string; sizeBytes: number }[];
}

/** A scenario of which only the model is known. */
export const noMaterial: ScenarioMaterial = { events: [], omittedEvents: 0, consoles: [], links: {} };
