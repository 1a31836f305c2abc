import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { durably } from '../../foundation/durably.ts';
import type { Machine } from '../appliance/machine.ts';
import { runProgram } from '../appliance/run-program.ts';
import { derivePurposeUuid } from '../identity/system-id.ts';
import type { DiskRole } from '../layout/layout-schema.ts';
import { bootCodeBytes } from '../layout/partition-table.ts';

/**
 * Gives file systems and disks the identifiers that belong to this system: ext4 UUIDs, FAT volume ids, and the disk
 * signatures in the master boot records (spec M8). What has the right one already is left alone, so that this may
 * run at every start, be cut off anywhere, and mend what a rebuild brought back from the master.
 *
 * @returns What was renewed.
 */
export async function renewDiskIdentifiers(machine: Machine, systemId: string): Promise<string[]> {
  const renewed: string[] = [];
  for (const disk of machine.layout.disks) {
    if (disk.role === 'data' && machine.dataDisk === null) continue;
    for (const { role, fileSystem } of disk.partitions) {
      const device = machine.device(role)!;
      const uuid = derivePurposeUuid(systemId, role);
      const done =
        fileSystem === 'ext4' ? await renewExt4Uuid(device, uuid) : await renewFatVolumeId(device, uuid);
      if (done) renewed.push(role);
    }
    const diskDevice = disk.role === 'system' ? machine.systemDisk : machine.dataDisk!;
    if (await renewDiskSignature(diskDevice, diskSignatureOf(systemId, disk.role)))
      renewed.push(`${disk.role} disk`);
  }
  return renewed;
}

/** The 32-bit number in the master boot record of a disk; never 0, which means that there is none. */
export function diskSignatureOf(systemId: string, disk: DiskRole): number {
  return (
    createHash('sha256').update(`assay disk signature 1\n${systemId}\n${disk}\n`).digest().readUInt32LE() || 1
  );
}

/** The superblock is at 1024; magic at 0x38, UUID at 0x68 (kernel.org, ext4 "The Super Block"). */
const superblockOffsetBytes = 1024;

async function renewExt4Uuid(device: string, uuid: string): Promise<boolean> {
  const superblock = readAt(device, superblockOffsetBytes, 512);
  if (superblock.readUInt16LE(0x38) !== 0xef53) return false;
  if (superblock.subarray(0x68, 0x78).toString('hex') === uuid.replaceAll('-', '')) return false;
  // A journal that a power cut left has to be replayed before the superblock may change; 1 says that it was.
  await runProgram('sh', [
    '-c',
    `/usr/sbin/tune2fs -U ${uuid} ${device} || { /usr/sbin/e2fsck -p ${device}; /usr/sbin/tune2fs -U ${uuid} ${device}; }`,
  ]);
  return true;
}

/**
 * FAT: the volume id follows the extended boot signature 0x29, at 38 for FAT12 and FAT16, at 66 for FAT32, which
 * keeps a second boot sector at the number in byte 50 (Microsoft FAT specification 1.03, section 3).
 */
async function renewFatVolumeId(device: string, uuid: string): Promise<boolean> {
  const sector = readAt(device, 0, 512);
  if (sector.readUInt16LE(510) !== 0xaa55) return false;
  const isFat32 = sector.readUInt16LE(22) === 0;
  const signatureOffset = isFat32 ? 66 : 38;
  if (sector[signatureOffset] !== 0x29) return false;
  const id = Buffer.from(uuid.replaceAll('-', '').slice(0, 8), 'hex');
  if (sector.subarray(signatureOffset + 1, signatureOffset + 5).equals(id)) return false;
  const backupSector = isFat32 ? sector.readUInt16LE(50) : 0;
  // The first sector last: it is the one that says whether this has been done.
  for (const number of backupSector > 0 && backupSector < 32 ? [backupSector, 0] : [0]) {
    await changeSector(device, number, (bytes) => bytes.set(id, signatureOffset + 1));
  }
  return true;
}

async function renewDiskSignature(disk: string, signature: number): Promise<boolean> {
  const sector = readAt(disk, 0, 512);
  if (sector.readUInt16LE(510) !== 0xaa55 || sector.readUInt32LE(bootCodeBytes) === signature) return false;
  await changeSector(disk, 0, (bytes) => bytes.writeUInt32LE(signature, bootCodeBytes));
  return true;
}

/** Without promises: every start looks at every partition, and nobody else has anything to do meanwhile. */
function readAt(device: string, offsetBytes: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  const file = openSync(device, 'r');
  try {
    readSync(file, bytes, 0, length, offsetBytes);
  } finally {
    closeSync(file);
  }
  return bytes;
}

/** One sector, read, changed, written whole and synced: a disk writes it entirely or not at all. */
async function changeSector(device: string, number: number, change: (bytes: Buffer) => void): Promise<void> {
  await using file = await open(device, 'r+');
  const bytes = Buffer.alloc(512);
  await file.read(bytes, 0, bytes.length, number * bytes.length);
  change(bytes);
  await file.write(bytes, 0, bytes.length, number * bytes.length);
  await durably('disk-identifiers.sector', () => file.sync());
}
