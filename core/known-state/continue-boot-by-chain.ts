import { readFile } from 'node:fs/promises';
import { durably, errorMessage, sectorBytes } from '../../foundation/index.ts';
import { runProgram } from '../appliance/run-program.ts';
import { nextStartSector, nextStartSectorBytes } from '../boot-loader/next-start.ts';
import { alignmentBytes, allocateAligned } from '../factory/clone/aligned-memory.ts';
import { decodeRecord } from '../records/index.ts';
import { endMachine } from '../script/steps/end-machine.ts';
import { type DiskAccess, type OpenDisk, openDisk } from '../script/steps/hardware/disk-access.ts';
import { knownStateErrors } from './errors.ts';

export interface ChainOptions {
  /** The disk that is to start, such as `/dev/vda`. */
  diskDevice: string;
  /** The partition that its master boot record is to start: 1 to 4. */
  partitionNumber: number;
  /** The other disks that the first stage of the medium looks at. */
  otherDiskDevices?: readonly string[];
  /** What is written to the watchdog's port just before the start (`watchdogValue`); none without it. */
  watchdog?: number;
  openDisk?: OpenDisk;
  /** Restarts the machine; it never returns. */
  endMachine?(): Promise<never>;
  /** What the kernel says is mounted; another file in tests. */
  mountsPath?: string;
}

/** The first partition table entry, and what is looked at of each (any description of the MBR). */
const table = { offsetBytes: 446, entryBytes: 16, entries: 4, typeAt: 4, firstSectorAt: 8 } as const;
const activeFlag = 0x80;
const bootRecordMark = 0xaa55;

/** Disks are read and written in units of up to 4096 bytes; the record begins such a unit. */
const nextStartPosition = nextStartSector * sectorBytes;

/**
 * Continues the boot by the boot loader's own chain (spec B1, B4): makes the partition the only active one of its disk,
 * leaves the next-start record there and restarts the machine. The first stage of the medium, which the firmware starts
 * first again, finds the record, erases it and hands over to the disk's master boot record.
 *
 * Never returns. What fails leaves no record behind, as far as the disk can still be written: the next start would
 * follow it although nobody has decided so.
 *
 * @throws KNOWN_STATE_CHAIN_IMPOSSIBLE, before anything was written; KNOWN_STATE_CHAIN_NOT_WRITTEN; what `endMachine` and
 * the disk throw.
 */
export async function continueByChain(options: ChainOptions): Promise<never> {
  const { diskDevice, partitionNumber, watchdog, openDisk: open = openDisk } = options;
  const { mountsPath = '/proc/mounts', endMachine: end = restart } = options;
  await assertMediumIsCd(mountsPath);
  const record = nextStartSectorBytes({ partitionNumber, ...(watchdog === undefined ? {} : { watchdog }) });
  {
    await using disk = await open(diskDevice, 'write');
    const first = await readUnit(disk, 0);
    assertStartable(first, options);
    const place = await readUnit(disk, nextStartPosition);
    assertFree(place, options);
    await eraseOtherOrders(options);
    if (makeActive(first, partitionNumber)) await writeUnit(disk, 0, first, options);
    place.set(record);
    await writeUnit(disk, nextStartPosition, place, options).catch((error) => takeBack(error, options));
  }
  return await end().catch((error) => takeBack(error, options));
}

async function restart(): Promise<never> {
  return await endMachine('restart', { runProgram, signal: new AbortController().signal });
}

/** Only the El Torito image of a CD has our first stage; from a USB disk the medium starts without it. */
async function assertMediumIsCd(mountsPath: string): Promise<void> {
  const lines = (await readFile(mountsPath, 'utf8')).split('\n').map((line) => line.split(' '));
  const device = lines.find(([, point]) => point === '/medium')?.[0];
  if (device !== undefined && /^\/dev\/sr\d+$/.test(device)) return;
  throw knownStateErrors.KNOWN_STATE_CHAIN_IMPOSSIBLE({
    ...{ tried: 'continue booting by the chain of boot loaders', where: '/medium' },
    expected: 'the recovery medium in a CD drive, from which the machine was started',
    got: device ?? 'no medium',
  });
}

function assertStartable(first: Buffer, { diskDevice, partitionNumber }: ChainOptions): void {
  const mark = first.readUInt16LE(sectorBytes - 2);
  const entry = table.offsetBytes + (partitionNumber - 1) * table.entryBytes;
  const [type, firstSector] = [first[entry + table.typeAt], first.readUInt32LE(entry + table.firstSectorAt)];
  if (mark === bootRecordMark && type !== 0 && firstSector > nextStartSector) return;
  throw knownStateErrors.KNOWN_STATE_CHAIN_IMPOSSIBLE({
    ...{ tried: `make partition ${partitionNumber} the active one`, where: diskDevice },
    expected: `a master boot record with this partition, behind sector ${nextStartSector}`,
    got:
      mark !== bootRecordMark
        ? 'no master boot record'
        : `an entry of type ${type}, from sector ${firstSector} on`,
  });
}

/** Other boot loaders lie in the first sectors of a disk, too, and would not survive our record. */
function assertFree(place: Buffer, { diskDevice }: ChainOptions): void {
  const copy = decodeRecord('next-start', Buffer.from(place.subarray(0, sectorBytes)));
  if (copy.state !== 'damaged' || copy.unfinished) return;
  throw knownStateErrors.KNOWN_STATE_CHAIN_IMPOSSIBLE({
    ...{ tried: 'leave the next-start record', where: `${diskDevice}, sector ${nextStartSector}` },
    expected: 'zeros, or an earlier next-start record',
    got: `other bytes (${copy.reason}): a boot loader, or a record of something else`,
  });
}

/**
 * The first stage follows the first record that it finds. One that an earlier start has left on a disk, which was away when
 * it should have been followed, would count instead of ours.
 */
async function eraseOtherOrders({
  otherDiskDevices = [],
  openDisk: open = openDisk,
}: ChainOptions): Promise<void> {
  for (const diskDevice of otherDiskDevices) {
    // A disk that cannot be read or written has no record that the first stage could follow: it has to erase it first.
    const disk = await open(diskDevice, 'write').catch(() => undefined);
    if (disk === undefined) continue;
    await using _closing = disk;
    const place = await readUnit(disk, nextStartPosition).catch(() => undefined);
    if (place === undefined || decodeRecord('next-start', place.subarray(0, sectorBytes)).state !== 'valid')
      continue;
    place.fill(0, 0, sectorBytes);
    await writeUnit(disk, nextStartPosition, place, { diskDevice });
  }
}

/** Whether anything had to be changed. */
function makeActive(first: Buffer, partitionNumber: number): boolean {
  let isChanged = false;
  for (let number = 1; number <= table.entries; number += 1) {
    const flagAt = table.offsetBytes + (number - 1) * table.entryBytes;
    const flag = number === partitionNumber ? activeFlag : 0;
    isChanged ||= first[flagAt] !== flag;
    first[flagAt] = flag;
  }
  return isChanged;
}

async function readUnit(disk: DiskAccess, positionBytes: number): Promise<Buffer> {
  const bytes = allocateAligned(alignmentBytes);
  await disk.read(bytes, positionBytes);
  return bytes;
}

/** Only one sector of the unit is another than before; it is there whole or not at all. */
async function writeUnit(
  disk: DiskAccess,
  positionBytes: number,
  bytes: Buffer,
  { diskDevice }: Pick<ChainOptions, 'diskDevice'>,
): Promise<void> {
  await disk.write(bytes, positionBytes);
  await durably('continue-by-chain.unit', () => disk.sync());
  const back = await readUnit(disk, positionBytes);
  if (back.equals(bytes)) return;
  throw knownStateErrors.KNOWN_STATE_CHAIN_NOT_WRITTEN({
    ...{ tried: 'write the order for the next start', expected: 'the bytes that were written' },
    where: `${diskDevice}, sector ${positionBytes / sectorBytes}`,
    got: 'others',
  });
}

/** Erases the record; what went wrong first is what is told. */
async function takeBack(cause: unknown, options: ChainOptions): Promise<never> {
  try {
    await using disk = await (options.openDisk ?? openDisk)(options.diskDevice, 'write');
    const place = await readUnit(disk, nextStartPosition);
    place.fill(0, 0, sectorBytes);
    await writeUnit(disk, nextStartPosition, place, options);
  } catch (error) {
    throw knownStateErrors.KNOWN_STATE_CHAIN_NOT_WRITTEN(
      {
        ...{ tried: 'take back the order for the next start', where: options.diskDevice },
        expected: `zeros in sector ${nextStartSector}; the next start may follow the order`,
        got: `${errorMessage(error)}, after: ${errorMessage(cause)}`,
      },
      cause,
    );
  }
  throw cause;
}
