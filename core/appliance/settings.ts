import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurably } from '../../foundation/durable-file.ts';
import { places } from './places.ts';

/** The user settings archive: one JSON object on a partition that no rebuild touches (spec M10). */
const settingsFile = join(places.settings, 'settings.json');

/** What the customer configured; an empty object when that is nothing. */
export async function readSettings(): Promise<Record<string, unknown>> {
  const text = await readFile(settingsFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  return JSON.parse(text) as Record<string, unknown>;
}

export async function writeSettings(settings: Record<string, unknown>): Promise<void> {
  await writeFileDurably(settingsFile, `${JSON.stringify(settings, undefined, 1)}\n`);
}
