import { AssayError } from '../../../../foundation/index.ts';
import type { StepContext } from '../../step-kind.ts';
import { describeTarget, resolveTarget, type Target } from '../targets.ts';
import { ioErrorCode, type OpenDisk } from './disk-access.ts';
import { describeDisk, type HardwareDisk, listHardwareDisks, mediumDiskName } from './disks.ts';
import { findFreeArea } from './free-area.ts';
import type { HardwarePlaces } from './places.ts';
import { testReading } from './read-test.ts';
import { testWriting } from './write-test.ts';

export interface DiskTestOptions {
  atLeast: number;
  /** All fixed disks without it. */
  names?: readonly Target[];
  readWrite?: 'outside-data';
}

export interface DiskTests {
  tested: number;
  readBytes: number;
  /** How many were written, too. */
  written: number;
  faults: string[];
}

/**
 * Tests disks, all at once: they do not wait for each other (spec R6). The medium itself is none, nor are CDs; disks that
 * can be taken out are tested only when they are named, so that a stick never stands for a disk that is missing.
 */
export async function testDisks(
  options: DiskTestOptions,
  places: HardwarePlaces,
  openDisk: OpenDisk,
  context: Pick<StepContext, 'signal' | 'log' | 'mediumFolder'>,
): Promise<DiskTests> {
  const medium = mediumDiskName(places);
  const { disks, faults } = options.names
    ? namedDisks(options.names, medium, places, context)
    : fixedDisks(options, medium, places);
  const tests = await Promise.all(disks.map((disk) => testDisk(disk, options, openDisk, context)));
  return {
    tested: tests.length,
    readBytes: tests.reduce((sum, test) => sum + test.readBytes, 0),
    written: tests.filter(({ isWritten }) => isWritten).length,
    faults: [...faults, ...tests.flatMap(({ fault }) => fault ?? [])],
  };
}

interface WantedDisks {
  disks: HardwareDisk[];
  /** Those that are missing. */
  faults: string[];
}

function fixedDisks(
  { atLeast }: DiskTestOptions,
  medium: string | undefined,
  places: HardwarePlaces,
): WantedDisks {
  const disks = listHardwareDisks(places).filter(
    ({ name, isOptical, isRemovable }) => !isOptical && !isRemovable && name !== medium,
  );
  const found = disks.length === 0 ? 'no disk' : `only ${disks.map(describeDisk).join(', ')}`;
  return { disks, faults: disks.length < atLeast ? [`${found}, at least ${atLeast} expected`] : [] };
}

function namedDisks(
  targets: readonly Target[],
  medium: string | undefined,
  places: HardwarePlaces,
  context: Pick<StepContext, 'mediumFolder'>,
): WantedDisks {
  const wanted: WantedDisks = { disks: [], faults: [] };
  for (const target of targets) {
    const miss = (problem: string) => wanted.faults.push(`disk ${describeTarget(target)}: ${problem}`);
    try {
      const { disk } = resolveTarget(target, places, context);
      if (disk.name === medium) miss('the medium itself is not tested');
      else if (!wanted.disks.some(({ name }) => name === disk.name)) wanted.disks.push(disk);
    } catch (error) {
      if (!(error instanceof AssayError)) throw error;
      miss(error.code === 'SCRIPT_TARGET_AMBIGUOUS' ? 'several disks answer to this' : 'not there');
    }
  }
  return wanted;
}

interface DiskTest {
  readBytes: number;
  isWritten: boolean;
  fault?: string;
}

async function testDisk(
  disk: HardwareDisk,
  { readWrite }: DiskTestOptions,
  openDisk: OpenDisk,
  { signal, log }: Pick<StepContext, 'signal' | 'log'>,
): Promise<DiskTest> {
  const name = describeDisk(disk);
  const faulty = (fault: string, test: Partial<DiskTest> = {}) => {
    log(`${name}: ${fault}`);
    return { readBytes: 0, isWritten: false, ...test, fault: `${name}: ${fault}` };
  };
  try {
    await using access = await openDisk(disk.device, readWrite ? 'write' : 'read');
    const { readBytes, fault } = await testReading(access, disk.sizeBytes, signal);
    if (fault !== undefined) return faulty(fault, { readBytes });
    if (readWrite === undefined) return { readBytes, isWritten: false };
    const area = await findFreeArea(disk, access);
    if (area.reason !== undefined) {
      log(`${name}: not written, for ${area.reason}`);
      return { readBytes, isWritten: false };
    }
    signal.throwIfAborted();
    const writeFault = await testWriting(access, area.firstSector);
    if (writeFault !== undefined) return faulty(writeFault, { readBytes, isWritten: true });
    log(`${name}: written, read back and put back at sector ${area.firstSector}`);
    return { readBytes, isWritten: true };
  } catch (error) {
    signal.throwIfAborted();
    return faulty(`cannot be opened or read: ${ioErrorCode(error)}`);
  }
}
