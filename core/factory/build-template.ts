import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurably } from '../../foundation/index.ts';
import {
  assembleMasterBootRecord,
  assembleWatchdogFeeder,
  watchdogFeederPath,
} from '../boot-loader/index.ts';
import {
  type DiskRole,
  encodeSealedLayout,
  findDisk,
  type Layout,
  type ResolvedLayout,
  resolveLayout,
  sealedLayoutPath,
} from '../layout/index.ts';
import { buildDisk } from './build-disk.ts';
import { hashFile } from './disk-writer.ts';
import type { FileTree, FileTreeEntry } from './file-tree.ts';
import { hashTree } from './hash-tree.ts';
import { chooseLicence, type LicenceKeys } from './licence-keys.ts';
import { mergeTree } from './merge-tree.ts';
import type { SystemImage } from './system-image.ts';

export interface TemplateOptions {
  layout: Layout;
  systems: { primary: SystemImage; emergency: SystemImage };
  /** What lies on the set-up partition, and only there (spec M2). */
  setupFiles: FileTree;
  licenceKeys: LicenceKeys;
  /** Where the disks are written; made when missing. */
  outFolder: string;
  /** Sizes of the disks in bytes, where they differ from the declared ones. */
  diskSizesBytes?: Partial<Record<DiskRole, number>>;
  onProgress?: (step: string) => void;
}

/** What a template consists of; the same inputs give the same manifest, byte for byte. */
export interface TemplateManifest {
  formatVersion: 1;
  layoutName: string;
  licenceLevel: string;
  /** SHA-256 over everything that went into the disks, in hexadecimal. */
  inputsHash: string;
  disks: { role: DiskRole; file: string; sizeBytes: number; sha256: string }[];
}

export interface Template {
  systemDiskPath: string;
  /** Only when the layout has a data disk. */
  dataDiskPath?: string;
  manifestPath: string;
  manifest: TemplateManifest;
  layout: ResolvedLayout;
}

const logoPath = new URL('lcd-logo.pbm', import.meta.url);

/**
 * Builds the master system disk template and, where the layout has a second disk, the master data disk template
 * (spec M1 to M4): raw images, without root; the same inputs give the same bytes (spec M12). The backup area is empty,
 * the signature null, the manufacturing record says `template`, and the boot control record points at the primary.
 *
 * @throws CORE_FILE_SYSTEM_TOO_SMALL, CORE_LAYOUT_DOES_NOT_FIT, CORE_LICENCE_MISSING, CORE_TREE_INVALID
 */
export async function buildTemplate(options: TemplateOptions): Promise<Template> {
  const { outFolder, onProgress = () => {} } = options;
  const layout = resolveLayout(options.layout, options.diskSizesBytes);
  const licence = chooseLicence(layout.licences, options.licenceKeys, findDisk(layout, 'system').sizeBytes);
  const systems = await sealSystems(options.systems, layout);
  const bootCode = await assembleMasterBootRecord(layout);
  const inputsHash = await hashInputs({ ...options, systems }, [
    bootCode,
    Buffer.from(JSON.stringify(licence)),
  ]);

  // The manifest is written last: where it lies, its disks are whole.
  const manifestPath = join(outFolder, 'template.json');
  await mkdir(outFolder, { recursive: true });
  await rm(manifestPath, { force: true });
  const temporaryFolder = await mkdtemp(join(outFolder, '.building-'));
  const disks: TemplateManifest['disks'] = [];
  try {
    for (const disk of layout.disks) {
      const file = `${disk.role}.raw`;
      const path = join(outFolder, file);
      const { setupFiles } = options;
      const contents = { systems, setupFiles, licence, bootCode, inputsHash };
      await buildDisk({ disk, layout, contents, path, temporaryFolder, onProgress });
      onProgress(`hash ${file}`);
      disks.push({ role: disk.role, file, sizeBytes: disk.sizeBytes, sha256: await hashFile(path) });
    }
  } finally {
    await rm(temporaryFolder, { recursive: true, force: true });
  }
  const { name: layoutName } = layout;
  const manifest: TemplateManifest = {
    formatVersion: 1,
    layoutName,
    licenceLevel: licence.level,
    inputsHash,
    disks,
  };
  await writeFileDurably(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`);
  return {
    systemDiskPath: join(outFolder, 'system.raw'),
    ...(disks.length > 1 ? { dataDiskPath: join(outFolder, 'data.raw') } : {}),
    manifestPath,
    manifest,
    layout,
  };
}

/** Both systems carry the layout that they were built for, the display's bitmap (spec M3), what feeds the watchdog. */
async function sealSystems(
  { primary, emergency }: TemplateOptions['systems'],
  layout: ResolvedLayout,
): Promise<TemplateOptions['systems']> {
  const file = { kind: 'file', mode: 0o644, uid: 0, gid: 0 } as const;
  const additions: FileTreeEntry[] = [
    { ...file, path: sealedLayoutPath, content: Buffer.from(encodeSealedLayout(layout)) },
    { ...file, path: '/etc/assay/lcd-logo.pbm', content: await readFile(logoPath) },
  ];
  const feeder = await assembleWatchdogFeeder(layout);
  if (feeder !== null) additions.push({ ...file, mode: 0o755, path: watchdogFeederPath, content: feeder });
  const seal = (system: SystemImage) => ({ ...system, rootTree: mergeTree(system.rootTree, additions) });
  return { primary: seal(primary), emergency: seal(emergency) };
}

async function hashInputs(
  { systems, setupFiles }: Pick<TemplateOptions, 'systems' | 'setupFiles'>,
  others: readonly Buffer[],
): Promise<string> {
  const hash = createHash('sha256').update('assay template 1\n');
  for (const { name, inputsHash, kernelArguments, kernelPath, initramfsPath, rootTree } of Object.values(
    systems,
  )) {
    const parts = [name, inputsHash, await hashFile(kernelPath), await hashFile(initramfsPath)];
    hash.update(JSON.stringify([...parts, kernelArguments, await hashTree(rootTree)]));
  }
  hash.update(await hashTree(setupFiles));
  for (const bytes of others) hash.update(bytes);
  return hash.digest('hex');
}
