import { createHash } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
import type { Judge } from '../../explorer/judge-states.ts';
import { wholeDiskNumber } from '../../explorer/judged-disk.ts';
import type { InspectedPartition } from '../../witness/index.ts';
import { begunPath, contentOf, subMode, treeFiles } from '../trial-content.ts';

/** Files of a disk that a cut has left. */
export type LeftFiles = Pick<InspectedPartition, 'has' | 'list' | 'read' | 'readText'>;

/** Says what is wrong with them; nothing when they are legal. */
export type Look = (files: LeftFiles, isPromised: boolean) => Promise<string | undefined>;

/** A judge of the ext4 on a disk without a table, as the next mount finds it. */
export function filesJudge(look: Look): Judge {
  return async (disk) => {
    const report = await look(await disk.fileSystem(wholeDiskNumber), disk.acknowledged.length > 0);
    const judge = 'promises';
    return report === undefined ? { judge, outcome: 'sound' } : { judge, outcome: 'lost', report };
  };
}

/** A file is whole, or, as long as nothing was promised, not there. */
export function wholeFile(path: string, content: string): Look {
  return async (files, isPromised) => {
    if (!(await files.has(path))) return isPromised ? `${path} is not there` : undefined;
    const got = await files.readText(path);
    return got === content ? undefined : `${path} has ${got.length} bytes that are not its own`;
  };
}

/** A file may be of any length until it was promised. */
export function promisedFile(path: string, isRight: (text: string) => boolean): Look {
  return async (files, isPromised) => {
    if (!isPromised) return undefined;
    if (!(await files.has(path))) return `${path} is not there`;
    return isRight(await files.readText(path)) ? undefined : `${path} is not what was promised`;
  };
}

/** Every file of the tree is whole or not there; all of it, with its modes, once it was promised. FAT has no modes. */
export function wholeTree(root: string): Look {
  return async (files, isPromised) => {
    for (const name of treeFiles) {
      const report = await wholeFile(`${root}/${name}`, contentOf(name))(files, isPromised);
      if (report !== undefined) return report;
    }
    if (!isPromised) return undefined;
    const sub = (await files.list(root === '' ? '/' : root)).find(({ name }) => name === 'sub');
    if (sub?.mode === null) return undefined;
    const mode = (sub?.mode ?? 0) & 0o7777;
    return mode === subMode ? undefined : `${root}/sub has mode ${mode.toString(8)}`;
  };
}

/** An archive that has a manifest has all that the manifest names. */
export const wholeArchive: Look = async (files, isPromised) => {
  if (!(await files.has('/archive/manifest.json'))) {
    return isPromised ? 'the archive has no manifest' : undefined;
  }
  return await faultOfArchive(files, '/archive');
};

/** A file that is replaced is whole, as it was or as it is; it is the new one once that was promised. */
export const oneOfTwoFiles: Look = async (files, isPromised) => {
  if (!(await files.has(`/${begunPath}`))) return isPromised ? 'nothing is there' : undefined;
  const got = await files.readText('/settings');
  const legal = isPromised ? ['new'] : ['old', 'new'];
  if (legal.some((name) => got === contentOf(name))) return undefined;
  return got === contentOf('old')
    ? '/settings is the old one'
    : `/settings has ${got.length} bytes that are not its own`;
};

const renewedHash = createHash('sha256').update(contentOf('renewed')).digest('hex');

/** With an older archive there is always one that is whole; it is the new one, and in its place, once that was promised. */
export const oneOfTwoArchives: Look = async (files, isPromised) => {
  if (!(await files.has(`/${begunPath}`))) return isPromised ? 'nothing is there' : undefined;
  const fault = await faultOfArchive(files, '/archive');
  if (fault === undefined) {
    const isNew = (await files.readText('/archive/manifest.json')).includes(renewedHash);
    return isPromised && !isNew ? 'the archive is the old one' : undefined;
  }
  if (isPromised) return fault;
  return (await faultOfArchive(files, '/archive.old')) && `${fault}, and the old one is not whole either`;
};

async function faultOfArchive(files: LeftFiles, path: string): Promise<string | undefined> {
  if (!(await files.has(`${path}/manifest.json`))) return `${path} has no manifest`;
  const entries = entriesIn(await files.readText(`${path}/manifest.json`));
  if (entries === undefined) return `the manifest of ${path} is not whole`;
  for (const { kind, path: name, sha256 } of entries) {
    if (kind !== 'file') continue;
    const found = (await files.list(`${path}/objects`)).find((entry) => entry.name.startsWith(sha256));
    if (found === undefined) return `the manifest is there, and the content of ${name} is not`;
    const bytes = await files.read(`${path}/objects/${found.name}`);
    if (hashOf(bytes) !== sha256) return `the manifest is there, and the content of ${name} is not whole`;
  }
  return undefined;
}

function entriesIn(manifest: string): { kind: string; path: string; sha256: string }[] | undefined {
  try {
    return JSON.parse(manifest).entries;
  } catch {
    return undefined;
  }
}

function hashOf(packed: Buffer): string {
  try {
    return createHash('sha256').update(zstdDecompressSync(packed)).digest('hex');
  } catch {
    return 'no archive';
  }
}
