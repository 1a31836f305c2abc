import { durably, errorMessage } from '../../foundation/index.ts';
import { allocateAligned } from '../factory/clone/aligned-memory.ts';
import { type DiskAccess, type OpenDisk, openDisk } from '../script/steps/hardware/disk-access.ts';
import { type BootStates, worseState } from './boot-state.ts';
import { knownStateErrors } from './errors.ts';
import { type Area, stateCopyBytes } from './manifest.ts';
import { markPartition } from './mark-partition.ts';
import { decodeStateRecord, encodeStateRecord, nextSequence, type StateRecord } from './state-record.ts';

/**
 * Where a system partition lies. It is reached through its disk: while the boot record is damaged, the kernel knows no
 * partitions.
 */
export interface SystemPartitionAccess {
  name: string;
  /** The disk, such as `/dev/vda`. */
  device: string;
  /** Where the partition begins on it, in bytes. */
  offsetBytes: number;
  /** Where its boot states lie, counted from the partition's beginning. */
  states: Area;
}

/** Why a partition could not do its part. */
export interface PartitionProblem {
  partition: string;
  /** One line for people. */
  problem: string;
}

export interface BootStatesReading {
  /** Null when no partition holds a valid copy. */
  states: BootStates | null;
  problems: PartitionProblem[];
  /** The highest of any valid copy; 0 when there is none. */
  sequence: number;
}

/**
 * Reads the boot states (spec B3): of each partition the newest valid copy, and where partitions disagree the worse
 * state of each counts, with its reason. A partition that has missed more than the last change could not be written for
 * longer than a power cut: what it says is out of date, and does not count. Never throws: what is wrong is a problem.
 */
export async function readBootStates(
  partitions: readonly SystemPartitionAccess[],
  open: OpenDisk = openDisk,
): Promise<BootStatesReading> {
  const held: HeldStates[] = [];
  const problems: PartitionProblem[] = [];
  for (const partition of partitions) {
    try {
      await using disk = await open(partition.device, 'read');
      const copies = await readCopies(partition, disk);
      const newest = newestOf(copies);
      if (newest === undefined) throw new Error('it holds no valid copy of the states');
      const older = copies.find((copy) => copy !== undefined && copy !== newest)?.sequence ?? 0;
      held.push({ partition: partition.name, newest, older });
    } catch (error) {
      problems.push({ partition: partition.name, problem: errorMessage(error) });
    }
  }
  const sequence = Math.max(0, ...held.map(({ newest }) => newest.sequence));
  const before = Math.max(
    0,
    ...held.filter(({ newest }) => newest.sequence === sequence).map(({ older }) => older),
  );
  const current = held.filter(({ newest }) => newest.sequence >= before);
  for (const { partition, newest } of held.filter((one) => !current.includes(one))) {
    const problem = `its states are out of date: change ${newest.sequence}, the newest is ${sequence}`;
    problems.push({ partition, problem });
  }
  const states = current.length === 0 ? null : current.map(({ newest }) => newest.states).reduce(worse);
  return { states, problems, sequence };
}

/**
 * Changes the boot states on every partition in turn, each time over the copy that is worth least, and each durable
 * before the next (spec B3): a power cut leaves the old states or the new ones, or the worse of both.
 *
 * @param change Gets what {@link readBootStates} reads; a partition that is missing there is Dirty. Pure.
 * @param isStart Whether a system is about to start: the sequence number goes on to the next hundred.
 * @returns The names of the partitions that were written, and the states as they are now.
 * @throws KNOWN_STATE_STATES_UNWRITABLE when none could be written.
 */
export async function changeBootStates(
  partitions: readonly SystemPartitionAccess[],
  change: (states: BootStates) => BootStates,
  open: OpenDisk = openDisk,
  isStart = false,
): Promise<{ written: string[]; problems: PartitionProblem[]; states: BootStates }> {
  const reading = await readBootStates(partitions, open);
  const states = change(fillIn(reading.states, partitions));
  const record = { sequence: nextSequence(reading.sequence, isStart), states };
  const written: string[] = [];
  const problems: PartitionProblem[] = [];
  for (const partition of partitions) {
    try {
      await using disk = await open(partition.device, 'write');
      await writeRecord(record, partition, disk);
      written.push(partition.name);
    } catch (error) {
      problems.push({ partition: partition.name, problem: errorMessage(error) });
    }
  }
  if (written.length > 0) return { written, problems, states };
  throw knownStateErrors.KNOWN_STATE_STATES_UNWRITABLE({
    tried: 'write the boot states',
    where: partitions.map(({ name, device }) => `${name} on ${device}`).join(', ') || 'no system partition',
    got: problems.map(({ partition, problem }) => `${partition}: ${problem}`).join('; ') || 'none is there',
  });
}

/** What one partition holds. */
interface HeldStates {
  partition: string;
  newest: StateRecord;
  /** The sequence number of the other copy, which is the change before; 0 when that is not valid. */
  older: number;
}

/** What a copy was found to hold; undefined when it is not valid. */
type Copies = readonly (StateRecord | undefined)[];

async function readCopies(partition: SystemPartitionAccess, disk: DiskAccess): Promise<Copies> {
  const copies: (StateRecord | undefined)[] = [];
  let fault: unknown;
  for (const positionBytes of copyPositions(partition)) {
    const bytes = allocateAligned(stateCopyBytes);
    try {
      const bytesRead = await disk.read(bytes, positionBytes);
      copies.push(decodeStateRecord(bytes.subarray(0, bytesRead)));
    } catch (error) {
      copies.push(undefined);
      fault = error;
    }
  }
  if (fault !== undefined && newestOf(copies) === undefined) throw fault;
  return copies;
}

async function writeRecord(
  record: StateRecord,
  partition: SystemPartitionAccess,
  disk: DiskAccess,
): Promise<void> {
  const copies = await readCopies(partition, disk).catch((): Copies => [undefined, undefined]);
  const worth = (index: number) => copies[index]?.sequence ?? 0;
  const positions = copyPositions(partition);
  const order = [...positions.keys()].sort((one, other) => worth(one) - worth(other));
  let fault: unknown;
  // One that refuses is no reason to give up the other.
  for (const index of order) {
    try {
      await writeCopy(record, positions[index]!, disk);
      return;
    } catch (error) {
      fault ??= error;
    }
  }
  throw fault;
}

async function writeCopy(record: StateRecord, positionBytes: number, disk: DiskAccess): Promise<void> {
  const bytes = allocateAligned(stateCopyBytes);
  encodeStateRecord(record).copy(bytes);
  await disk.write(bytes, positionBytes);
  await durably('state-store.copy', () => disk.sync());
  const back = allocateAligned(stateCopyBytes);
  await disk.read(back, positionBytes);
  if (!back.equals(bytes)) throw new Error('the states do not read back as they were written');
}

function copyPositions({ offsetBytes, states }: SystemPartitionAccess): number[] {
  const copies = Math.floor(states.lengthBytes / stateCopyBytes);
  return Array.from(
    { length: copies },
    (_, index) => offsetBytes + states.offsetBytes + index * stateCopyBytes,
  );
}

function newestOf(copies: Copies): StateRecord | undefined {
  return copies.reduce(
    (newest, copy) => ((copy?.sequence ?? 0) > (newest?.sequence ?? 0) ? copy : newest),
    undefined,
  );
}

function worse(one: BootStates, other: BootStates): BootStates {
  const partitions = { ...one.partitions };
  for (const [name, entry] of Object.entries(other.partitions)) {
    const known = partitions[name];
    const isWorse = known === undefined || worseState(known.state, entry.state) !== known.state;
    if (isWorse) partitions[name] = entry;
  }
  return { partitions, recoveries: Math.max(one.recoveries, other.recoveries) };
}

function fillIn(read: BootStates | null, partitions: readonly SystemPartitionAccess[]): BootStates {
  const states = read ?? { partitions: {}, recoveries: 0 };
  const missing = partitions.filter(({ name }) => states.partitions[name] === undefined);
  return missing.reduce(
    (all, { name }) => markPartition(all, name, 'Dirty', 'no valid copy of the states'),
    states,
  );
}
