import { mostDamages } from './limits.ts';
import { printable } from './printable.ts';
import type { VolumeEntry, VolumeFolder } from './volume.ts';

const entryBytes = 32;
const attributes = { volume: 0x08, folder: 0x10, longName: 0x0f };
const longNameUnits = 13;
/** 255 characters. */
const mostLongNameParts = 20;

/**
 * The entries of a folder of FAT (Microsoft FAT specification 1.03, sections 6 and 7); `.`, `..`, deleted ones and the volume's label are left out.
 *
 * @param most Entries; one more says that there are more.
 */
export function parseFatFolder(bytes: Buffer, most: number): VolumeFolder {
  const folder: VolumeFolder = { entries: [], damages: [] };
  let parts: Buffer[] = [];
  for (let at = 0; at + entryBytes <= bytes.length && bytes[at] !== 0; at += entryBytes) {
    const entry = bytes.subarray(at, at + entryBytes);
    const attribute = entry[11]! & 0x3f;
    if (entry[0] === 0xe5) parts = [];
    else if (attribute === attributes.longName) parts = [...startOf(parts, entry), entry];
    else {
      const short = entry.subarray(0, 11);
      const name = longName(parts, short) ?? shortName(entry);
      parts = [];
      if ((attribute & attributes.volume) !== 0 || name === '.' || name === '..') continue;
      if (folder.entries.length > most || folder.damages.length >= mostDamages) return folder;
      if (name === '' || name.includes('/')) folder.damages.push(`the name "${name}"`);
      else folder.entries.push(entryOf(name, entry, attribute));
    }
  }
  return folder;
}

/** The last part comes first, and begins anew. */
function startOf(parts: Buffer[], entry: Buffer): Buffer[] {
  return (entry[0]! & 0x40) === 0 && parts.length < mostLongNameParts ? parts : [];
}

/** Undefined when the parts are not of this entry: their order or their checksum is another. */
function longName(parts: readonly Buffer[], short: Buffer): string | undefined {
  const isWhole =
    parts.length > 0 &&
    (parts[0]![0]! & 0x40) !== 0 &&
    parts.every((part, index) => (part[0]! & 0x3f) === parts.length - index && part[13] === checksum(short));
  if (!isWhole) return undefined;
  const units = parts
    .toReversed()
    .map((part) => Buffer.concat([part.subarray(1, 11), part.subarray(14, 26), part.subarray(28, 32)]));
  const text = Buffer.concat(units).toString('utf16le', 0, parts.length * longNameUnits * 2);
  return printable(Buffer.from(text.replace(/\0[\s\S]*$/, '')));
}

function checksum(short: Buffer): number {
  return short.reduce((sum, byte) => (((sum & 1) << 7) + (sum >> 1) + byte) & 0xff, 0);
}

/** Windows keeps in two bits that the base, or the extension, is written small. */
function shortName(entry: Buffer): string {
  const [smallBase, smallExtension] = [(entry[12]! & 0x08) !== 0, (entry[12]! & 0x10) !== 0];
  const bytes = Buffer.from(entry.subarray(0, 11));
  if (bytes[0] === 0x05) bytes[0] = 0xe5;
  const base = printable(bytes.subarray(0, 8)).trimEnd();
  const extension = printable(bytes.subarray(8, 11)).trimEnd();
  const shown = smallBase ? base.toLowerCase() : base;
  if (extension === '') return shown;
  return `${shown}.${smallExtension ? extension.toLowerCase() : extension}`;
}

function entryOf(name: string, entry: Buffer, attribute: number): VolumeEntry {
  const isFolder = (attribute & attributes.folder) !== 0;
  return {
    name,
    handle: entry.readUInt16LE(20) * 65_536 + entry.readUInt16LE(26),
    node: {
      kind: isFolder ? 'folder' : 'file',
      sizeBytes: isFolder ? 0 : entry.readUInt32LE(28),
      mode: null,
      uid: null,
      modifiedAt: timeOf(entry.readUInt16LE(24), entry.readUInt16LE(22)),
    },
  };
}

/** FAT keeps the time of the wall; it is taken for UTC. */
function timeOf(date: number, time: number): Date | null {
  if (date === 0) return null;
  return new Date(
    Date.UTC(
      1980 + (date >> 9),
      ((date >> 5) & 15) - 1,
      date & 31,
      time >> 11,
      (time >> 5) & 63,
      (time & 31) * 2,
    ),
  );
}
