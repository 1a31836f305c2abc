import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from '../../../foundation/index.ts';
import type { Judge } from '../../explorer/judge-states.ts';
import { wholeDiskNumber } from '../../explorer/judged-disk.ts';
import type { LeftFiles, Look } from './file-judges.ts';

/**
 * A judge of the FAT on a disk without a table, as a mount without a repair finds it: each file is read by itself, so that
 * one whose clusters are lost hides no other. What cannot be read is not there.
 */
export function fatJudge(look: Look): Judge {
  return async (disk) => {
    const folder = await mkdtemp(join(tmpdir(), 'assay-fat-'));
    try {
      const files = leftFiles(await disk.copyOf(wholeDiskNumber), folder);
      const report = await look(files, disk.acknowledged.length > 0);
      const judge = 'promises';
      return report === undefined ? { judge, outcome: 'sound' } : { judge, outcome: 'lost', report };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

function leftFiles(image: string, folder: string): LeftFiles {
  const copy = join(folder, 'copy');
  const read = async (path: string) => {
    await rm(copy, { force: true });
    const wasRead = await ran('mcopy', ['-n', '-i', image, `::${path}`, copy]);
    return wasRead === undefined ? undefined : await readFile(copy).catch(() => undefined);
  };
  const list = async (path: string) => {
    const words = ['-a', '-b', '-i', image, `::${path}`];
    // The root can always be read: a FAT that mtools does not know would pass for one without files.
    const text = path === '/' ? (await runTool('mdir', words)).stdout : await ran('mdir', words);
    const lines = (text ?? '').split('\n').filter((line) => line.startsWith('::'));
    return lines.map(entryOf);
  };
  return {
    list,
    has: async (path) => {
      const name = path.slice(path.lastIndexOf('/') + 1);
      const entries = await list(path.slice(0, path.lastIndexOf('/')) || '/');
      return entries.some((entry) => entry.name === name);
    },
    read: async (path) => (await read(path)) ?? Buffer.alloc(0),
    readText: async (path) => ((await read(path)) ?? '').toString('utf8'),
  };
}

/** mdir writes `::/sub/` of a folder and `::/sub/two` of a file. */
function entryOf(line: string) {
  const path = line.trim();
  const isFolder = path.endsWith('/');
  const name = path.replace(/\/$/, '').replace(/.*\//, '');
  const kind: 'folder' | 'file' = isFolder ? 'folder' : 'file';
  return { name, kind, mode: null, uid: null, gid: null, sizeBytes: null };
}

/** What it printed; nothing when it failed, as on a file that a cut has spoilt. */
async function ran(name: string, words: readonly string[]): Promise<string | undefined> {
  try {
    return (await runTool(name, words)).stdout;
  } catch (error) {
    if ((error as { code?: string }).code === 'FOUNDATION_TOOL_FAILED') return undefined;
    throw error;
  }
}
