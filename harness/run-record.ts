import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isAlive, processIdentitySchema } from './process-identity.ts';

const runRecordSchema = z.strictObject({
  version: z.literal(1),
  runId: z.string().min(1),
  startedAt: z.iso.datetime(),
  owner: processIdentitySchema,
  runFolder: z.string().min(1),
  runtimeFolder: z.string().min(1),
  keep: z.boolean(),
});

/** Who runs what where; it lies in the runtime folder (`owner.json`) and in the run folder (`run.json`). */
export type RunRecord = z.output<typeof runRecordSchema>;

export const ownerFileName = 'owner.json';
export const runFileName = 'run.json';

/** Reads the record of a folder; undefined when there is none, or it cannot be understood. */
export async function readRunRecord(folder: string, fileName: string): Promise<RunRecord | undefined> {
  try {
    return runRecordSchema.parse(JSON.parse(await readFile(join(folder, fileName), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Whether the runner of that run still runs. */
export function isLive(record: RunRecord): boolean {
  return isAlive(record.owner);
}
