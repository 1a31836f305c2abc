import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HardwarePlaces } from './places.ts';
import { readSysFile } from './sys-file.ts';

export interface Memory {
  /** What is plugged in, as the firmware has it; null when the firmware does not say. */
  installedBytes: number | null;
  /** What the kernel has to give: less, for the firmware and the kernel keep some. */
  usableBytes: number;
}

/** How much memory the machine has (spec R6). */
export function readMemory({ sysFolder, procFolder }: HardwarePlaces): Memory {
  const total = /^MemTotal:\s+(\d+) kB$/m.exec(readSysFile(join(procFolder, 'meminfo')) ?? '');
  return {
    installedBytes: installedBytes(join(sysFolder, 'firmware/dmi/tables/DMI')),
    usableBytes: Number(total?.[1] ?? 0) * 1024,
  };
}

/** The sum over all memory devices of the firmware's tables. */
function installedBytes(path: string): number | null {
  let tables: Buffer;
  try {
    tables = readFileSync(path);
  } catch {
    return null;
  }
  let sumBytes = 0;
  for (const structure of structures(tables)) {
    if (structure[0] === memoryDevice) sumBytes += deviceBytes(structure);
  }
  return sumBytes === 0 ? null : sumBytes;
}

/** The formatted areas of all structures; each is followed by its strings, and these by two zeros (SMBIOS 3.2, 6.1). */
function* structures(tables: Buffer): Generator<Buffer> {
  for (let offset = 0; offset + 4 <= tables.length; ) {
    const length = tables[offset + 1]!;
    const end = tables.indexOf('\0\0', offset + length, 'latin1');
    if (length < 4 || end === -1) return;
    yield tables.subarray(offset, offset + length);
    offset = end + 2;
  }
}

const memoryDevice = 17;
const sizeOffset = 0x0c;
const extendedSizeOffset = 0x1c;

/** SMBIOS 3.2, 7.18: the top bit tells KiB from MiB, 0xffff is "unknown", 0x7fff "see the extended size, in MiB". */
function deviceBytes(structure: Buffer): number {
  if (structure.length < sizeOffset + 2) return 0;
  const size = structure.readUInt16LE(sizeOffset);
  if (size === 0xffff) return 0;
  if (size === 0x7fff) {
    const isThere = structure.length >= extendedSizeOffset + 4;
    return isThere ? (structure.readUInt32LE(extendedSizeOffset) & 0x7fffffff) * 1024 ** 2 : 0;
  }
  return (size & 0x7fff) * (size & 0x8000 ? 1024 : 1024 ** 2);
}
