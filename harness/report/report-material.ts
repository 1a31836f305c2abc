import { stat } from 'node:fs/promises';
import { basename, relative, resolve } from 'node:path';
import type {
  ConsoleMaterial,
  ReportMaterial,
  Run,
  ScenarioMaterial,
  ScenarioRun,
} from '../../reports/index.ts';
import { evidenceLinks } from './evidence-links.ts';
import { explorationOf } from './exploration-material.ts';
import { readLoggedEvents } from './logged-events.ts';
import { packRecording } from './pack-recording.ts';
import { recordingAllowances } from './recording-allowances.ts';

/** Recordings that are read and compressed at the same time: what is held of them is bounded, and there may be many. */
const atOnce = 4;

/**
 * Reads what the HTML report shows beside the model: QMP events and console markers from the event log, the recorded
 * consoles, bounded, and what explorations of power cuts have found. A merged run is no different: its own log has
 * everything, on one clock, and its paths lead to wherever the evidence lies.
 *
 * @param reportFolder Where the page will lie: its links are relative to it.
 * @throws what the file system says, where the event log cannot be read. A missing recording is no error.
 */
export async function readReportMaterial(
  run: Run,
  runFolder: string,
  reportFolder = runFolder,
): Promise<ReportMaterial> {
  const logged = await readLoggedEvents(runFolder);
  const allowances = recordingAllowances(run);
  const material = new Map<string, ScenarioMaterial>();
  for (const scenario of run.scenarios) {
    const { scenarioId } = scenario;
    const { events, omitted } = logged.get(scenarioId) ?? { events: [], omitted: 0 };
    const place = { runFolder, reportFolder, allowedLength: allowances.get(scenarioId) ?? 0 };
    material.set(scenarioId, {
      events,
      omittedEvents: omitted,
      links: await evidenceLinks(scenario, runFolder, reportFolder),
      consoles: await consolesOf(scenario, place),
      ...(await explorationOf(scenario, runFolder)),
    });
  }
  return material;
}

interface Place {
  runFolder: string;
  reportFolder: string;
  /** Of each recording in the page, characters. */
  allowedLength: number;
}

async function consolesOf({ artifacts }: ScenarioRun, place: Place): Promise<ConsoleMaterial[]> {
  const recordings = artifacts.filter(({ what }) => what === 'asciicast');
  const consoles: ConsoleMaterial[] = [];
  for (let next = 0; next < recordings.length; next += atOnce) {
    const some = recordings.slice(next, next + atOnce).map((recording) => consoleOf(recording, place));
    consoles.push(...(await Promise.all(some)));
  }
  return consoles;
}

async function consoleOf(
  { path, machine, atMs }: ScenarioRun['artifacts'][number],
  { runFolder, reportFolder, allowedLength }: Place,
): Promise<ConsoleMaterial> {
  const castPath = resolve(runFolder, path);
  const logPath = castPath.replace(/\.cast$/, '.log');
  const files = [
    { what: 'log' as const, path: logPath },
    { what: 'recording' as const, path: castPath },
  ];
  const found = await Promise.all(
    files.map(async ({ what, path: file }) => {
      const facts = await stat(file).catch(() => undefined);
      return facts?.isFile() ? [{ what, href: relative(reportFolder, file), sizeBytes: facts.size }] : [];
    }),
  );
  // A recording that cannot be read is shown as one that is not there; its events are.
  const packed = await packRecording(castPath, allowedLength).catch(() => ({ recording: '', durationMs: 0 }));
  return {
    machine: machine ?? '',
    port: basename(path, '.cast'),
    startedAtMs: atMs,
    ...packed,
    files: found.flat(),
  };
}
