import type { PartitionReader } from './partition-reader.ts';
import { printable } from './printable.ts';
import {
  bytesOf,
  factsOf,
  present,
  type Recogniser,
  type Recognition,
  timeOf,
  upToZero,
  uuidOf,
} from './recognition.ts';

/** LUKS1 and LUKS2 (LUKS On-Disk Format Specification 1.2.3, figure 1; LUKS2 On-Disk Format 1.1.2, section 2.1); highest byte first. */
export const recogniseLuks: Recogniser = async (reader) => {
  const bytes = await reader.read(0, 512);
  if (bytes.length < 512 || bytes.toString('latin1', 0, 6) !== 'LUKS\xba\xbe') return undefined;
  const version = bytes.readUInt16BE(6);
  const text = (start: number, end: number) => printable(upToZero(bytes.subarray(start, end)));
  const uuid = text(168, 208);
  if (version === 1) {
    const cipher = `${text(8, 40)}-${text(40, 72)}, ${text(72, 104)}`;
    return { type: 'luks1', ...present({ uuid }), facts: factsOf({ cipher }) };
  }
  const contradictions = version === 2 ? [] : [`version ${version}`];
  return { type: 'luks2', ...present({ uuid, label: text(24, 72) }), contradictions };
};

/** A physical volume of LVM2: its label is in one of the first four sectors (LVM2, lib/format_text/layout.h: struct pv_header). */
export const recogniseLvm: Recogniser = async (reader) => {
  for (const sector of [0, 1, 2, 3]) {
    const bytes = await reader.read(sector * 512, 512);
    if (bytes.length < 512 || bytes.toString('latin1', 0, 8) !== 'LABELONE') continue;
    if (bytes.toString('latin1', 24, 32) !== 'LVM2 001') continue;
    const at = bytes.readUInt32LE(20);
    if (at > 512 - 40) return { type: 'lvm2', contradictions: [`a header at byte ${at} of a sector`] };
    const uuid = printable(bytes.subarray(at, at + 32)).replace(
      /^(.{6})(.{4})(.{4})(.{4})(.{4})(.{4})(.{6})$/,
      '$1-$2-$3-$4-$5-$6-$7',
    );
    return { type: 'lvm2', uuid, ...present({ sizeBytes: bytesOf(bytes.readBigUInt64LE(at + 32), 1) }) };
  }
  return undefined;
};

const mdMagic = 0xa92b4efc;

/** A member of a Linux RAID (kernel, Documentation/admin-guide/md.rst and include/uapi/linux/raid/md_p.h). */
export const recogniseMd: Recogniser = async (reader) => {
  const sectors = Math.floor(reader.sizeBytes / 512);
  const places: [string, number][] = [
    ['1.1', 0],
    ['1.2', 4096],
    ['1.0', Math.floor((sectors - 16) / 8) * 8 * 512],
    ['0.90', Math.floor(reader.sizeBytes / 65_536 - 1) * 65_536],
  ];
  for (const [version, offsetBytes] of places) {
    const found = await mdAt(reader, version, offsetBytes);
    if (found !== undefined) return found;
  }
  return undefined;
};

async function mdAt(
  reader: PartitionReader,
  version: string,
  offsetBytes: number,
): Promise<Recognition | undefined> {
  const bytes = await reader.read(offsetBytes, 256);
  if (bytes.length < 256 || bytes.readUInt32LE(0) !== mdMagic) return undefined;
  if (bytes.readUInt32LE(4) !== (version === '0.90' ? 0 : 1)) return undefined;
  if (version === '0.90') return { type: 'md-raid', facts: factsOf({ version }) };
  return {
    type: 'md-raid',
    ...present({ uuid: uuidOf(bytes.subarray(16, 32)), label: printable(upToZero(bytes.subarray(32, 64))) }),
    facts: factsOf({
      version,
      level: bytes.readInt32LE(72),
      disks: bytes.readUInt32LE(92),
      // Forty bits of seconds, the rest microseconds.
      'made at': timeOf(Number(bytes.readBigUInt64LE(64) & 0xffffffffffn)),
    }),
  };
}
