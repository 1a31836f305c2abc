import { stat } from 'node:fs/promises';
import type { Machine } from '../../vm/index.ts';
import { type DiskSnapshot, digestOfFile } from '../disk-map/disk-snapshot.ts';
import { type MachineRecord, type RecordedFile, writeMachineRecord } from './machine-record.ts';

/**
 * Keeps what a machine is and what it is started with, before its first instruction. Its disks have been read for their
 * maps; kernels and CDs are read once for all machines of the run.
 *
 * @throws what the file system says.
 */
export async function keepMachineRecord(
  machine: Machine,
  snapshots: ReadonlyMap<string, DiskSnapshot>,
): Promise<MachineRecord> {
  const { hardware, name, accelerator } = machine;
  const disks = hardware.disks.flatMap(({ name, path }): [string, RecordedFile][] => {
    const snapshot = snapshots.get(name);
    return snapshot === undefined ? [] : [[name, recordedDisk(path, snapshot)]];
  });
  const files: [string, RecordedFile][] = [];
  const { directBoot, cdPath } = hardware;
  const paths = { kernel: directBoot?.kernelPath, initramfs: directBoot?.initramfsPath, cd: cdPath };
  for (const [what, path] of Object.entries(paths)) {
    if (path !== undefined) files.push([what, await recordedFile(path)]);
  }
  const inputs = { disks: Object.fromEntries(disks), files: Object.fromEntries(files) };
  const record: MachineRecord = { version: 1, name, accelerator, spec: { ...hardware }, inputs };
  await writeMachineRecord(machine.folder, record);
  return record;
}

function recordedDisk(path: string, { sizeBytes, digests }: DiskSnapshot): RecordedFile {
  return { path, sizeBytes, ...(digests === undefined ? {} : { digest: digests.whole }) };
}

const known = new Map<string, Promise<string | undefined>>();

/** A file as it is now. What has been read once and has the same size and time since is not read again. */
export async function recordedFile(path: string): Promise<RecordedFile> {
  const { size, mtimeMs, ino } = await stat(path);
  const key = [path, size, mtimeMs, ino].join(' ');
  const reading = known.get(key) ?? digestOfFile(path);
  known.set(key, reading);
  const digest = await reading;
  return { path, sizeBytes: size, ...(digest === undefined ? {} : { digest }) };
}
