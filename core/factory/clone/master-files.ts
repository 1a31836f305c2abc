import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { errorMessage, parseConfig } from '../../../foundation/index.ts';
import { coreErrors } from '../../errors.ts';

/** One disk of a master; a master in a folder may have two. */
export interface MasterFile {
  role: 'system' | 'data';
  path: string;
}

/** Of `template.json` only what is wanted here; the rest is the template's. */
const manifestSchema = z.object({
  disks: z.array(z.object({ role: z.enum(['system', 'data']), file: z.string().regex(/^[^/]+$/) })).min(1),
});

/**
 * The disks that a master consists of. A file or device is one system disk. A folder holds what its `template.json`
 * names; without one, `system.raw` and, if it is there, `data.raw`.
 *
 * @throws CORE_CLONE_MASTER_UNUSABLE, FOUNDATION_CONFIG_INVALID
 */
export async function findMasterFiles(masterPath: string): Promise<MasterFile[]> {
  const facts = await stat(masterPath).catch((error) => {
    throw unusable(masterPath, errorMessage(error));
  });
  if (!facts.isDirectory()) return [{ role: 'system', path: masterPath }];
  const named = await readTemplateManifest(masterPath);
  if (named !== undefined) return named;
  const found: MasterFile[] = [];
  for (const role of ['system', 'data'] as const) {
    const path = join(masterPath, `${role}.raw`);
    if ((await stat(path).catch(() => undefined))?.isFile()) found.push({ role, path });
  }
  if (found[0]?.role === 'system') return found;
  throw unusable(masterPath, 'the folder holds neither template.json nor system.raw');
}

/** What clones are called by: the master's name without its ending. */
export function masterName(masterPath: string): string {
  return basename(masterPath).replace(/\.(raw|img|bin)$/, '');
}

async function readTemplateManifest(folder: string): Promise<MasterFile[] | undefined> {
  const path = join(folder, 'template.json');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { disks } = parseConfig(manifestSchema, parseJson(path, text), path);
  return disks.map(({ role, file }) => ({ role, path: join(folder, file) }));
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unusable(path, errorMessage(error));
  }
}

function unusable(where: string, got: string): Error {
  return coreErrors.CORE_CLONE_MASTER_UNUSABLE({ tried: 'find the disks of the master', where, got });
}
