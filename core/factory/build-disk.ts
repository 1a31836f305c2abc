import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sectorBytes } from '../../foundation/index.ts';
import { BootControlStore } from '../boot-loader/index.ts';
import {
  encodePartitionTable,
  type ResolvedDisk,
  type ResolvedLayout,
  type ResolvedPartition,
} from '../layout/index.ts';
import { type LicenceRecord, type ManufacturingRecord, openRecords } from '../records/index.ts';
import { placePartition } from './disk-writer.ts';
import type { FileTree } from './file-tree.ts';
import { fixedNumber, fixedUuid } from './fixed-identity.ts';
import { composeKernelArguments } from './kernel-arguments.ts';
import { makeExt4 } from './make-ext4.ts';
import { makeSystemPartition } from './make-system-partition.ts';
import type { SystemImage } from './system-image.ts';

export interface DiskContents {
  systems: { primary: SystemImage; emergency: SystemImage };
  setupFiles: FileTree;
  licence: LicenceRecord;
  bootCode: Uint8Array;
  inputsHash: string;
}

export interface DiskOptions {
  disk: ResolvedDisk;
  layout: ResolvedLayout;
  contents: DiskContents;
  /** The raw image; whatever lies there is replaced. */
  path: string;
  temporaryFolder: string;
  onProgress: (step: string) => void;
}

/** Builds one disk of a template as a raw image: partitions, table, master boot record, raw records. */
export async function buildDisk(options: DiskOptions): Promise<void> {
  const { disk, layout, contents, path } = options;
  const file = await open(path, 'w+');
  try {
    await file.truncate(disk.sizeBytes);
    for (const partition of disk.partitions) {
      options.onProgress(`make ${partition.role}`);
      await buildPartition(options, partition, file);
    }
    const bootCode = disk.role === 'system' ? contents.bootCode : new Uint8Array();
    const signature = fixedNumber(layout.name, disk.role, 'disk signature');
    for (const { sector, bytes } of encodePartitionTable(disk, signature, bootCode)) {
      await file.write(bytes, 0, sectorBytes, sector * sectorBytes);
    }
    await writeRecords(options, file);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function buildPartition(
  options: DiskOptions,
  partition: ResolvedPartition,
  disk: FileHandle,
): Promise<void> {
  const folder = join(options.temporaryFolder, partition.role);
  const path = join(folder, 'partition.img');
  await mkdir(folder);
  try {
    if (partition.fileSystem === 'fat') await buildSystemPartition(options, partition, path, folder);
    else await buildExt4Partition(options, partition, path, folder);
    await placePartition(disk, path, partition.firstSector);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function buildSystemPartition(
  { layout, contents }: DiskOptions,
  partition: ResolvedPartition,
  path: string,
  temporaryFolder: string,
): Promise<void> {
  const system = contents.systems[partition.role === 'primary-system' ? 'primary' : 'emergency'];
  await makeSystemPartition({
    path,
    partition,
    sizeBytes: partition.sectors * sectorBytes,
    volumeNumber: fixedNumber(layout.name, partition.role),
    system,
    kernelArguments: composeKernelArguments(layout, system),
    temporaryFolder,
  });
}

async function buildExt4Partition(
  { layout, contents }: DiskOptions,
  { role, label, sectors }: ResolvedPartition,
  path: string,
  temporaryFolder: string,
): Promise<void> {
  const trees: Partial<Record<typeof role, FileTree>> = {
    'primary-root': contents.systems.primary.rootTree,
    'emergency-root': contents.systems.emergency.rootTree,
    setup: contents.setupFiles,
  };
  await makeExt4({
    path,
    sizeBytes: sectors * sectorBytes,
    label,
    uuid: fixedUuid(layout.name, role),
    hashSeed: fixedUuid(layout.name, role, 'hash seed'),
    tree: trees[role] ?? [],
    temporaryFolder,
  });
}

/** Every record that the layout declares is written, the null signature as zeros that are really there (spec M4). */
async function writeRecords({ disk, layout, contents }: DiskOptions, file: FileHandle): Promise<void> {
  const { licence, signature, manufacturing } = disk.records;
  const bootControl = disk.records['boot-control'];
  if (bootControl !== undefined) {
    await using store = await BootControlStore.open(file, bootControl);
    await store.reset({ target: 'primary', attempts: 0, attemptLimit: layout.attemptLimit });
  }
  if (licence !== undefined) {
    await using store = await openRecords<LicenceRecord>(file, licence);
    await store.write(contents.licence);
  }
  if (signature !== undefined) {
    await using store = await openRecords(file, signature);
    await store.erase();
  }
  if (manufacturing !== undefined) {
    await using store = await openRecords<ManufacturingRecord>(file, manufacturing);
    const { inputsHash } = contents;
    await store.write({ stage: 'template', completed: [], layoutName: layout.name, inputsHash });
  }
}
