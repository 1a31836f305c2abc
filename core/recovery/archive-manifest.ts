import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { coreErrors } from '../errors.ts';

/** One entry of an archived tree; `path` is relative, with `/` between the parts. */
export type ArchiveEntry = { path: string; mode: number; uid: number; gid: number } & (
  | { kind: 'directory' }
  | { kind: 'file'; sizeBytes: number; sha256: string }
  | { kind: 'symlink'; target: string }
);

/**
 * What an archive holds. An archive is a folder: `manifest.json`, and `objects/<sha256>.zst` with the content of
 * each different file once, so that the name of an object is what it must hash to. It has no times in it: the
 * same tree gives the same bytes (spec M12).
 */
export interface ArchiveManifest {
  format: 'assay archive 1';
  entries: readonly ArchiveEntry[];
}

/** Where the content of a file lies inside an archive. */
export function objectPath(archivePath: string, sha256: string): string {
  return join(archivePath, 'objects', `${sha256}.zst`);
}

/**
 * Reads the manifest of an archive.
 *
 * @throws CORE_ARCHIVE_DAMAGED when it is missing, cannot be read, or names a path outside the tree.
 */
export async function readManifest(archivePath: string): Promise<ArchiveManifest> {
  const path = join(archivePath, 'manifest.json');
  try {
    const manifest = JSON.parse(await readFile(path, 'utf8')) as ArchiveManifest;
    if (manifest.format !== 'assay archive 1') throw new Error(`format ${JSON.stringify(manifest.format)}`);
    for (const entry of manifest.entries) checkEntry(entry);
    return manifest;
  } catch (error) {
    throw coreErrors.CORE_ARCHIVE_DAMAGED({ tried: `read ${path}`, got: String(error) }, error);
  }
}

/** The text of a manifest, the same for the same tree. */
export function manifestText(manifest: ArchiveManifest): string {
  return `${JSON.stringify(manifest, undefined, 1)}\n`;
}

/** An archive is opened with root's rights: nothing in it may lead out of the tree. */
function checkEntry(entry: ArchiveEntry): void {
  const parts = entry.path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..') || entry.path.includes('\0')) {
    throw new Error(`path ${JSON.stringify(entry.path)}`);
  }
  if (entry.kind === 'file' && !/^[0-9a-f]{64}$/.test(entry.sha256)) {
    throw new Error(`hash ${JSON.stringify(entry.sha256)} of ${entry.path}`);
  }
}
