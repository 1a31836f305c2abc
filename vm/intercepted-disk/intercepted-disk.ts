import { statSync } from 'node:fs';
import { errorMessage, foundationErrors, parseConfig, sectorBytes } from '../../foundation/index.ts';
import { vmErrors } from '../errors.ts';
import type { ResolvedDiskSpec } from '../machine-spec.ts';
import type { ActiveDiskFault } from './active-disk-fault.ts';
import { BufferPool } from './buffer-pool.ts';
import { ByteStore } from './byte-store.ts';
import { DiskChanges } from './disk-changes.ts';
import { type DiskFault, diskFaultSchema } from './disk-fault.ts';
import { DiskFaults } from './disk-faults.ts';
import { DiskImage } from './disk-image.ts';
import type { DiskRequest, HeardRequest } from './disk-request.ts';
import { type LoseUnflushed, type LostWrites, loseUnflushed } from './lose-unflushed.ts';
import { command, forceUnitAccess } from './nbd-protocol.ts';
import type { NbdRequest } from './nbd-requests.ts';
import { type NbdAnswer, NbdServer } from './nbd-server.ts';
import { UndoJournal } from './undo-journal.ts';
import { ArmedWriteMoment, type WriteMoment, writeMomentSchema } from './write-moment.ts';
import { type SectorRange, WritePlaces } from './write-places.ts';

/** What a machine has asked of a disk since power on. */
export interface DiskRequestCounts {
  reads: number;
  writes: number;
  flushes: number;
  discards: number;
  zeroes: number;
}

interface DiskPlaces {
  name: string;
  imagePath: string;
  controller: ResolvedDiskSpec['controller'];
  /** For the moment in which the scratch file has a name. */
  scratchPath: string;
}

/** While the machine is on. */
interface Serving {
  image: DiskImage;
  server: NbdServer;
  /** Under way or done. */
  closed?: Promise<void>;
}

/**
 * A disk whose requests pass through the runner (an NBD server that QEMU is the client of): faults of a disk in
 * motion, actions at the n-th write, and power cuts that lose what was not flushed (design 6 and 7).
 *
 * Requests are numbered from power on. A write, zeroes (NBD_CMD_WRITE_ZEROES) and a discard each take the next
 * number of a write, in the order in which they come. A flush is not passed on to the host's disk: the image lives in
 * the host's page cache, which outlives the runner.
 */
export class InterceptedDisk {
  readonly name: string;
  /** The file that the disk is; it is the machine's while that is on. */
  readonly imagePath: string;
  readonly #controller: ResolvedDiskSpec['controller'];
  readonly #pool = new BufferPool();
  readonly #store: ByteStore;
  readonly #journal: UndoJournal;
  readonly #faults = new DiskFaults();
  #moments: ArmedWriteMoment[] = [];
  #places = new WritePlaces();
  #counts = noRequests();
  #serving: Serving | undefined;
  #listener: (request: HeardRequest) => void = () => undefined;

  /** @internal */
  constructor({ name, imagePath, scratchPath, controller }: DiskPlaces) {
    this.name = name;
    this.#controller = controller;
    this.imagePath = imagePath;
    this.#store = new ByteStore(scratchPath, this.#pool);
    this.#journal = new UndoJournal(this.#store, this.#pool);
  }

  /** What was asked of it since power on; after the end of the machine still what was asked until then. */
  get requests(): Readonly<DiskRequestCounts> {
    return { ...this.#counts };
  }

  /** The number of the last write since power on: writes, zeroes and discards together. */
  get lastWriteNumber(): number {
    return this.#places.count;
  }

  /** How many writes would a power cut now be allowed to take: those that no flush and no FUA vouched for. */
  get unflushedWrites(): number {
    return this.#journal.writes.filter(({ isDurable }) => !isDurable).length;
  }

  /** `listener` hears of each read and change in the place of the one before it, QEMU's own looks at the disk among them. */
  listen(listener: (request: HeardRequest) => void): void {
    this.#listener = listener;
  }

  /**
   * From now on the disk has this fault, until it is stopped, also over power cycles. Several work together.
   *
   * @throws FOUNDATION_CONFIG_INVALID when it is declared wrongly, VM_SPEC_INVALID for sectors the disk does not have.
   * @example
   * const fault = disk.addFault({ kind: 'error', of: 'read', sectors: { first: 2048, count: 8 }, times: 1 });
   */
  addFault(fault: DiskFault): ActiveDiskFault {
    const parsed = parseConfig(diskFaultSchema, fault, `fault of disk ${this.name}`);
    if ('sectors' in parsed) this.#assertOnDisk(parsed.sectors);
    return this.#faults.add(parsed);
  }

  /**
   * Holds a write until the action has ended; once. Everything that came before it is made then, and no later write
   * or flush is; reads go on. When the machine ends meanwhile the rest of the write is not made. Armed while the
   * machine is off, it is for the next power on; it stays armed over power cycles until it has come or is cancelled.
   *
   * @throws VM_DISK_MOMENT_PASSED when the write was made already, FOUNDATION_CONFIG_INVALID, VM_SPEC_INVALID.
   * @example
   * const moment = disk.atWrite({ number: 120, when: 'middle' }, () => running.cut());
   * const { offsetBytes } = await moment.finished;
   */
  atWrite(moment: WriteMoment, action: () => Promise<unknown>): ArmedWriteMoment {
    const parsed = parseConfig(writeMomentSchema, moment, `moment of disk ${this.name}`);
    this.#assertOnDisk(parsed.sectors);
    const seen = this.#serving === undefined ? 0 : this.#places.countIn(parsed.sectors);
    if (seen >= parsed.number) {
      throw vmErrors.VM_DISK_MOMENT_PASSED({
        tried: `wait for write ${parsed.number} to disk ${this.name}`,
        got: `there were ${seen} since power on`,
      });
    }
    const armed = new ArmedWriteMoment(parsed, seen, action);
    this.#moments = [...this.#moments.filter(({ isArmed }) => isArmed), armed];
    return armed;
  }

  /**
   * Takes back what a power cut may take from a disk with a volatile cache: writes that were not flushed. The machine
   * has to be off. It can be done once after each power cut; the next power on vouches for everything.
   *
   * @throws VM_DISK_IN_USE when the machine is on, VM_SPEC_INVALID for a disk on NVMe: QEMU's tells the guest that it has
   * FUA and drops it, so that writes would be lost that the guest was right to count on.
   */
  async loseUnflushed(how: LoseUnflushed): Promise<LostWrites> {
    if (this.#controller === 'nvme') {
      throw vmErrors.VM_SPEC_INVALID({
        tried: `lose what was not flushed of disk ${this.name}`,
        expected: 'another controller than nvme, whose forced writes come as ordinary ones',
      });
    }
    if (this.#serving !== undefined) {
      throw vmErrors.VM_DISK_IN_USE({ tried: `lose what was not flushed of disk ${this.name}` });
    }
    const image = await DiskImage.open(this.imagePath, this.#pool);
    try {
      const places = { image, journal: this.#journal, store: this.#store, pool: this.#pool };
      return await loseUnflushed(this.name, how, places);
    } finally {
      await image.close();
    }
  }

  /**
   * The machine is switched on: serves the disk at a socket, and counts anew.
   *
   * @param onHostFailure hears of a file of the host that cannot be read or written; the guest gets an I/O error.
   * @throws VM_SPEC_INVALID when the path is too long for a socket or the image has no whole number of sectors.
   * @internal
   */
  async powerOn(socketPath: string, onHostFailure: (error: Error) => void): Promise<void> {
    const image = await DiskImage.open(this.imagePath, this.#pool);
    try {
      if (image.sizeBytes % sectorBytes !== 0) {
        throw vmErrors.VM_SPEC_INVALID({
          tried: `intercept disk ${this.name}`,
          expected: `an image of whole sectors of ${sectorBytes} bytes`,
          got: `${image.sizeBytes} bytes`,
        });
      }
      this.#journal.clear();
      this.#places = new WritePlaces();
      this.#counts = noRequests();
      for (const moment of this.#moments) moment.countAnew();
      const changes = new DiskChanges(image, this.#journal, this.#faults);
      const handle = async (request: NbdRequest, gone: AbortSignal): Promise<NbdAnswer> => {
        try {
          return await this.#handle(request, gone, image, changes);
        } catch (cause) {
          onHostFailure(hostFailure(this.imagePath, cause));
          return { error: 'EIO' };
        }
      };
      const served = { socketPath, sizeBytes: image.sizeBytes, pool: this.#pool, handle };
      this.#serving = { image, server: await NbdServer.listen(served) };
    } catch (error) {
      await image.close();
      throw error;
    }
  }

  /** The machine is off: nothing listens, and no request is under way any more. @internal */
  async powerOff(): Promise<void> {
    const serving = this.#serving;
    if (serving === undefined) return;
    serving.closed ??= serving.server.close().then(() => serving.image.close());
    await serving.closed;
    this.#serving = undefined;
  }

  /** The end of the machine. @internal */
  async close(): Promise<void> {
    await this.powerOff();
    await this.#store.close();
  }

  async #handle(
    { type, flags, offsetBytes, lengthBytes, data }: NbdRequest,
    gone: AbortSignal,
    image: DiskImage,
    changes: DiskChanges,
  ): Promise<NbdAnswer> {
    const isForced = (flags & forceUnitAccess) !== 0;
    const request = { offsetBytes, lengthBytes, data, isForced, gone };
    if (type === command.flush) {
      this.#counts.flushes += 1;
      return await changes.flush({ ...request, kind: 'flush', number: this.#counts.flushes });
    }
    const isInside =
      offsetBytes % sectorBytes === 0 &&
      lengthBytes % sectorBytes === 0 &&
      offsetBytes + lengthBytes <= image.sizeBytes;
    const kind = kindOf(type);
    if (kind === undefined || !isInside || lengthBytes === 0) return { error: 'EINVAL' };
    this.#listener({ kind, offsetBytes, lengthBytes });
    if (kind === 'read') {
      this.#counts.reads += 1;
      return await this.#read({ ...request, kind, number: this.#counts.reads }, image);
    }
    this.#counts[kind === 'write' ? 'writes' : kind === 'zeroes' ? 'zeroes' : 'discards'] += 1;
    const number = this.#places.add(offsetBytes, lengthBytes);
    const due = this.#moments.filter((moment) => moment.isDue(request));
    return await changes.change({ ...request, kind, number }, due);
  }

  async #read(request: DiskRequest, image: DiskImage): Promise<NbdAnswer> {
    await this.#faults.hold(request);
    await this.#faults.delay(request);
    if (request.gone.aborted) return { error: 'EIO' };
    const error = this.#faults.errorOf(request);
    if (error !== undefined) return { error };
    const data = this.#pool.take(request.lengthBytes);
    await image.read(data, request.offsetBytes);
    this.#faults.corrupt(request, data);
    return { data };
  }

  #assertOnDisk(sectors: SectorRange | undefined): void {
    if (sectors === undefined) return;
    // An image that is not there yet is missed at power on.
    const sizeBytes = statSync(this.imagePath, { throwIfNoEntry: false })?.size ?? Number.POSITIVE_INFINITY;
    const count = sizeBytes / sectorBytes;
    if (sectors.first + sectors.count <= count) return;
    throw vmErrors.VM_SPEC_INVALID({
      tried: `name sectors ${sectors.first} to ${sectors.first + sectors.count - 1} of disk ${this.name}`,
      expected: `sectors below ${count}`,
    });
  }
}

function noRequests(): DiskRequestCounts {
  return { reads: 0, writes: 0, flushes: 0, discards: 0, zeroes: 0 };
}

function kindOf(type: number): 'read' | 'write' | 'zeroes' | 'discard' | undefined {
  if (type === command.read) return 'read';
  if (type === command.write) return 'write';
  if (type === command.writeZeroes) return 'zeroes';
  return type === command.trim ? 'discard' : undefined;
}

function hostFailure(path: string, cause: unknown): Error {
  const facts = { tried: 'serve a disk of a machine', where: path, got: errorMessage(cause) };
  const isFull = (cause as { code?: string }).code === 'ENOSPC';
  return isFull
    ? foundationErrors.FOUNDATION_DISK_FULL(facts, cause)
    : vmErrors.VM_DISK_HOST_FAILED(facts, cause);
}
