import { createCipheriv, createHash } from 'node:crypto';
import { sectorBytes } from '../../foundation/index.ts';
import { ActiveDiskFault } from './active-disk-fault.ts';
import type { ResolvedDiskFault } from './disk-fault.ts';
import { type DiskRequest, hashOf, nameOf, placeOf } from './disk-request.ts';
import type { ErrorName } from './nbd-protocol.ts';
import { untilAborted } from './until-aborted.ts';
import type { SectorRange } from './write-places.ts';

type Kind = ResolvedDiskFault['kind'];
type FaultOf<K extends Kind> = Extract<ResolvedDiskFault, { kind: K }>;

/** The faults that a disk has now, and what they do to a request. */
export class DiskFaults {
  #active: ActiveDiskFault[] = [];
  /** When the bytes so far are through, for each slow one: milliseconds of the process's clock. */
  readonly #freeAtMs = new WeakMap<ActiveDiskFault, number>();

  add(fault: ResolvedDiskFault): ActiveDiskFault {
    const active = new ActiveDiskFault(fault);
    this.#active = [...this.#active.filter(({ isActive }) => isActive), active];
    return active;
  }

  /** Waits as long as the request hangs. */
  async hold(request: DiskRequest): Promise<void> {
    while (!request.gone.aborted) {
      const hanging = this.#concerning('hang', request)[0]?.active;
      if (hanging === undefined) return;
      hanging.note(() => `${nameOf(request)} was held`);
      await untilAborted([hanging.stopped, request.gone]);
    }
  }

  /** Waits as long as the disk is slow for it. */
  async delay(request: DiskRequest): Promise<void> {
    for (const { active, fault } of this.#concerning('slow', request)) {
      const nowMs = performance.now();
      const bytes = request.kind === 'flush' ? 0 : request.lengthBytes;
      const transferMs = fault.bytesPerSecond === undefined ? 0 : (bytes / fault.bytesPerSecond) * 1000;
      const freeAtMs = Math.max(nowMs, this.#freeAtMs.get(active) ?? 0) + transferMs;
      this.#freeAtMs.set(active, freeAtMs);
      const waitMs = freeAtMs - nowMs + (fault.delayMs ?? 0);
      if (waitMs === 0) continue;
      active.note(() => `${nameOf(request)} took ${waitMs.toFixed(1)} ms longer`);
      await untilAborted([active.stopped, request.gone], waitMs);
    }
  }

  /** With what it is refused, if it is. */
  errorOf(request: DiskRequest): ErrorName | undefined {
    const refusing = this.#active.find(
      (active) => isOneOf(active, ['gone', 'error']) && active.concerns(request),
    );
    if (refusing === undefined) return undefined;
    const error = refusing.fault.kind === 'error' ? refusing.fault.errno : 'EIO';
    refusing.note(() => `${nameOf(request)} was answered with ${error}`);
    return error;
  }

  /** Whether the write is only said to be made. `onDisk` reads what stays there, for the evidence. */
  async drops(request: DiskRequest, onDisk: () => Promise<string>): Promise<boolean> {
    const dropping = this.#concerning('drop-writes', request)[0]?.active;
    if (dropping === undefined) return false;
    const stays = await onDisk();
    dropping.note(
      () =>
        `${nameOf(request)} was acknowledged and not made: SHA-256 ${writtenHash(request)} was to be written, ${stays} is there`,
    );
    return true;
  }

  /** Where the write really goes, in bytes from the beginning of the disk. */
  offsetOf(request: DiskRequest, diskBytes: number): number {
    const { active, fault } = this.#concerning('misdirect-writes', request)[0] ?? {};
    if (active === undefined || fault === undefined) return request.offsetBytes;
    const room = diskBytes - request.lengthBytes + sectorBytes;
    const shifted = (request.offsetBytes + fault.bySectors * sectorBytes) % room;
    const offsetBytes = shifted < 0 ? shifted + room : shifted;
    active.note(
      () =>
        `${nameOf(request)} was acknowledged and made at ${placeOf(offsetBytes, request.lengthBytes)}: SHA-256 ${writtenHash(request)}`,
    );
    return offsetBytes;
  }

  /** Changes what a read is about to be answered with. */
  corrupt(request: DiskRequest, data: Buffer): void {
    for (const { active, fault } of this.#concerning('corrupt-reads', request)) {
      const { startBytes, endBytes } = overlap(request, fault.sectors);
      const part = data.subarray(startBytes - request.offsetBytes, endBytes - request.offsetBytes);
      const before = active.affected === 0 ? hashOf(part) : '';
      part.set(noiseAt(startBytes, part.length, fault.seed));
      active.note(
        () =>
          `${nameOf(request)} was answered wrongly in ${placeOf(startBytes, part.length)}: SHA-256 ${before} is there, ${hashOf(part)} was given`,
      );
    }
  }

  #concerning<K extends Kind>(
    kind: K,
    request: DiskRequest,
  ): { active: ActiveDiskFault; fault: FaultOf<K> }[] {
    return this.#active
      .filter((active) => active.fault.kind === kind && active.concerns(request))
      .map((active) => ({ active, fault: active.fault as FaultOf<K> }));
  }
}

function isOneOf({ fault }: ActiveDiskFault, kinds: readonly Kind[]): boolean {
  return kinds.includes(fault.kind);
}

function writtenHash({ data, lengthBytes }: DiskRequest): string {
  return data === undefined ? `of ${lengthBytes} zeros` : hashOf(data);
}

/** The part of a request that lies in these sectors. */
function overlap(
  { offsetBytes, lengthBytes }: DiskRequest,
  sectors: SectorRange | undefined,
): { startBytes: number; endBytes: number } {
  const endOfRequest = offsetBytes + lengthBytes;
  if (sectors === undefined) return { startBytes: offsetBytes, endBytes: endOfRequest };
  const firstByte = sectors.first * sectorBytes;
  return {
    startBytes: Math.max(offsetBytes, firstByte),
    endBytes: Math.min(endOfRequest, firstByte + sectors.count * sectorBytes),
  };
}

/** Noise that follows from the seed and the place on the disk: who reads a sector twice reads the same. */
function noiseAt(offsetBytes: number, lengthBytes: number, seed: string): Buffer {
  const key = createHash('sha256').update(seed).digest();
  const counter = Buffer.alloc(16);
  counter.writeBigUInt64BE(BigInt(offsetBytes / 16), 8);
  return createCipheriv('aes-256-ctr', key, counter).update(Buffer.alloc(lengthBytes));
}
