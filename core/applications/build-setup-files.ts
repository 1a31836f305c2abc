import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurably } from '../../foundation/durable-file.ts';
import type { FileTree, FileTreeEntry } from '../factory/file-tree.ts';
import { archiveTree } from '../recovery/archive-tree.ts';
import { applicationNames } from './application.ts';
import { bundleApplications } from './bundle-applications.ts';

/**
 * Builds the application set-up files on the host: one package per application, an archive that pre-install
 * restores from the setup partition (spec M2, M5). The same sources give the same bytes.
 *
 * @param folder Where the files are made; it is emptied first and has to stay while the tree is used.
 * @returns The tree of the setup partition.
 */
export async function buildSetupFiles(folder: string): Promise<FileTree> {
  await rm(folder, { recursive: true, force: true });
  await bundleApplications(join(folder, 'bundles'));
  const packagesPath = join(folder, 'files', 'packages');
  await mkdir(packagesPath, { recursive: true });
  for (const name of applicationNames) {
    const owner = { uid: 0, gid: 0 };
    await archiveTree(join(folder, 'bundles', name), join(packagesPath, name), { owner });
  }
  await writeFileDurably(join(folder, 'files', 'README'), setupReadme);
  return await listFiles(join(folder, 'files'), '');
}

const setupReadme = `Set-up files of the applications. Pre-install installs them into the primary operating system and then
overwrites this partition: no disk that leaves the factory holds this text.
`;

async function listFiles(root: string, folder: string): Promise<FileTreeEntry[]> {
  const entries: FileTreeEntry[] = [];
  for (const name of (await readdir(join(root, folder))).sort()) {
    const path = `${folder}/${name}`;
    const sourcePath = join(root, path);
    const stats = await lstat(sourcePath);
    const base = { path, uid: 0, gid: 0 };
    if (stats.isDirectory()) {
      entries.push({ ...base, kind: 'directory', mode: 0o755 }, ...(await listFiles(root, path)));
    } else {
      entries.push({ ...base, kind: 'file', mode: 0o644, sourcePath, sizeBytes: stats.size });
    }
  }
  return entries;
}
