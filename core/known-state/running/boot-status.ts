import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DataReport } from './mount-data.ts';
import { type RunningSystem, statusPathOf } from './running-system.ts';

/** How far this start has come. */
export type ServiceStage = 'starting' | 'up' | 'failed' | 'ended';

/** What the service knows of this start of the machine: `/run/assay/boot-status.json`. */
export interface BootStatus {
  stage: ServiceStage;
  /** The partition that runs. */
  system: string;
  version: string;
  /** When the stage began: ISO 8601. */
  since: string;
  /** Partitions that come first and were not started, with the reason. */
  passedOver: Readonly<Record<string, string>>;
  /** By data partition: `mounted`, or why not. */
  data: DataReport;
}

export async function writeBootStatus(
  system: RunningSystem,
  stage: ServiceStage,
  { passedOver = {}, data = {} }: Partial<Pick<BootStatus, 'passedOver' | 'data'>> = {},
): Promise<void> {
  const { name, version } = system;
  const status: BootStatus = {
    stage,
    system: name,
    version,
    since: new Date().toISOString(),
    passedOver,
    data,
  };
  const path = statusPathOf(system);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify(status)}\n`);
}

/** Null when the service has not run since the machine's start. */
export async function readBootStatus(system: Pick<RunningSystem, 'places'>): Promise<BootStatus | null> {
  try {
    return JSON.parse(await readFile(statusPathOf(system), 'utf8')) as BootStatus;
  } catch {
    return null;
  }
}
