import type { ByteRange, Finding } from '../finding.ts';
import { countValues, entropyOf } from './entropy.ts';
import { recognisedBytes, recogniseRawData } from './known-raw-data.ts';
import type { PassObserver } from './read-once.ts';

export interface UnpartitionedOptions {
  /** What belongs to no partition and to no partition table, in whole sectors of 512 bytes. */
  ranges: readonly ByteRange[];
  /** Of these, what the user's profile has declared: licence sectors, settings of a boot loader. Not judged. */
  respected?: readonly ByteRange[];
}

/** Data outside of partitions, without gaps of more than {@link gapBytes}. */
export interface RawDataStretch {
  range: ByteRange;
  /** So many bytes of it lie in sectors that are not zeros. */
  dataBytes: number;
  /** In bits per byte, of its first {@link entropyBytes} of data. */
  entropy: number;
  /** What it seems to be: `GRUB core.img`. */
  looksLike: string[];
}

const sectorBytes = 512;
/** Zeros in between do not make two stretches of one. */
const gapBytes = 64 * 1024;
const entropyBytes = 1024 ** 2;
const mostStretches = 100;
const mostDeclared = 100;

interface OpenStretch {
  offsetBytes: number;
  endBytes: number;
  dataBytes: number;
  counts: Float64Array;
  start: Buffer[];
}

/** Sees, as an observer of the one pass, which sectors outside of partitions are not zeros. */
export class UnpartitionedData implements PassObserver {
  /** Stretches in the order of their places; of those beyond a hundred only the number and the bytes are known. */
  readonly stretches: RawDataStretch[] = [];
  readonly #ranges: readonly ByteRange[];
  readonly #respected: readonly ByteRange[];
  #open: OpenStretch | undefined;
  #beyond = { count: 0, dataBytes: 0 };
  /** The ranges before this one lie behind the pass. */
  #next = 0;

  constructor({ ranges, respected = [] }: UnpartitionedOptions) {
    this.#respected = inOrder(respected);
    this.#ranges = withoutRanges(inOrder(ranges), this.#respected);
  }

  onData(offsetBytes: number, bytes: Buffer): void {
    const end = offsetBytes + bytes.length;
    for (; this.#next < this.#ranges.length; this.#next += 1) {
      const range = this.#ranges[this.#next]!;
      if (range.offsetBytes >= end) return;
      const rangeEnd = range.offsetBytes + range.lengthBytes;
      const from = Math.max(range.offsetBytes, offsetBytes);
      const to = Math.min(rangeEnd, end);
      if (to > from) this.#look(from, bytes.subarray(from - offsetBytes, to - offsetBytes));
      if (rangeEnd > end) return;
    }
  }

  /** Holes are zeros; the next data shows how long ago the last was. */
  onHole(): void {}

  /** After the pass. */
  findings(): Finding[] {
    this.#close();
    const { count, dataBytes } = this.#beyond;
    return [
      ...this.stretches.map(describeStretch),
      ...(count === 0 ? [] : [describeBeyond(count, dataBytes)]),
      ...this.#respected.slice(0, mostDeclared).map(describeDeclared),
    ];
  }

  #look(offsetBytes: number, bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += sectorBytes) {
      const sector = bytes.subarray(at, at + sectorBytes);
      if (sector.compare(zeroSector, 0, sector.length) !== 0) this.#add(offsetBytes + at, sector);
    }
  }

  #add(offsetBytes: number, sector: Buffer): void {
    if (this.#open !== undefined && offsetBytes - this.#open.endBytes > gapBytes) this.#close();
    this.#open ??= {
      offsetBytes,
      endBytes: offsetBytes,
      dataBytes: 0,
      counts: new Float64Array(256),
      start: [],
    };
    const open = this.#open;
    if (open.dataBytes < entropyBytes) countValues(open.counts, sector);
    const startBytes = open.endBytes - open.offsetBytes;
    if (startBytes < recognisedBytes) {
      const gap = offsetBytes - open.endBytes;
      open.start.push(Buffer.alloc(gap), Buffer.from(sector));
    }
    open.dataBytes += sector.length;
    open.endBytes = offsetBytes + sector.length;
  }

  #close(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    if (this.stretches.length >= mostStretches) {
      this.#beyond.count += 1;
      this.#beyond.dataBytes += open.dataBytes;
      return;
    }
    this.stretches.push({
      range: { offsetBytes: open.offsetBytes, lengthBytes: open.endBytes - open.offsetBytes },
      dataBytes: open.dataBytes,
      entropy: entropyOf(open.counts),
      looksLike: recogniseRawData(Buffer.concat(open.start)),
    });
  }
}

const zeroSector = Buffer.alloc(sectorBytes);

function inOrder(ranges: readonly ByteRange[]): ByteRange[] {
  return [...ranges].sort((one, other) => one.offsetBytes - other.offsetBytes);
}

/** What is left of ranges, both in order, and the second ones may overlap. */
function withoutRanges(ranges: readonly ByteRange[], taken: readonly ByteRange[]): ByteRange[] {
  return ranges.flatMap((range) => {
    const left: ByteRange[] = [];
    let at = range.offsetBytes;
    const end = range.offsetBytes + range.lengthBytes;
    for (const { offsetBytes, lengthBytes } of taken) {
      if (offsetBytes + lengthBytes <= at || offsetBytes >= end) continue;
      if (offsetBytes > at) left.push({ offsetBytes: at, lengthBytes: offsetBytes - at });
      at = offsetBytes + lengthBytes;
    }
    if (at < end) left.push({ offsetBytes: at, lengthBytes: end - at });
    return left;
  });
}

function describeStretch({ range, dataBytes, entropy, looksLike }: RawDataStretch): Finding {
  const seems =
    looksLike.length === 0 ? 'it looks like nothing known' : `it looks like ${looksLike.join(', ')}`;
  return {
    kind: 'raw-data-outside-partitions',
    where: placeOf(range),
    range,
    evidence: `${dataBytes} bytes, ${entropy.toFixed(1)} bits of entropy a byte; ${seems}`,
  };
}

function describeBeyond(count: number, dataBytes: number): Finding {
  return {
    kind: 'raw-data-too-many',
    where: 'outside of partitions',
    evidence: `${count} more stretches with ${dataBytes} bytes`,
  };
}

function describeDeclared(range: ByteRange): Finding {
  return { kind: 'raw-data-declared', where: placeOf(range), range, evidence: `${range.lengthBytes} bytes` };
}

function placeOf({ offsetBytes, lengthBytes }: ByteRange): string {
  const first = Math.floor(offsetBytes / sectorBytes);
  const last = Math.ceil((offsetBytes + lengthBytes) / sectorBytes) - 1;
  return first === last ? `sector ${first}` : `sectors ${first} to ${last}`;
}
