import { longestEvidence } from '../finding.ts';
import type { BootFile } from './boot-files.ts';
import { mostReferences } from './boot-limits.ts';

/** A file system, partition or disk that something names. */
export interface BootReference {
  by: 'uuid' | 'label' | 'partition-uuid' | 'partition-label' | 'order' | 'hardware' | 'volume';
  /** Without what says its kind; UUIDs in small letters. */
  value: string;
  /** As it stands there, at most {@link longestEvidence} characters. */
  text: string;
  /** Starting does without it. */
  isOptional: boolean;
}

/** What a file names; at most {@link mostReferences}. */
export function referencesIn({ kind, text }: Pick<BootFile, 'kind' | 'text'>): BootReference[] {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const read = readers[kind];
  return read === undefined ? [] : lines.flatMap(read).slice(0, mostReferences);
}

type LineReader = (line: string) => BootReference[];

const readers: Partial<Record<BootFile['kind'], LineReader>> = {
  syslinux: (line) => (/^append\s/i.test(line) ? ofCommandLine(line) : []),
  grub: ofGrub,
  'systemd-boot-entry': (line) => (/^options\s/i.test(line) ? ofCommandLine(line) : []),
  'command-line': ofCommandLine,
  fstab: ofFstab,
  crypttab: (line) => named(line.split(/\s+/)[1], /\b(?:nofail|noauto)\b/.test(line)),
  rauc: (line) => named(/^device\s*=\s*(\S+)$/.exec(line)?.[1], false),
};

/** fstab(5): the first field; `nofail` and `noauto` stand in the fourth. */
function ofFstab(line: string): BootReference[] {
  const [what, , , options = ''] = line.split(/\s+/);
  return named(what, /(?:^|,)(?:nofail|noauto)(?:,|$)/.test(options));
}

/** The parameters of the kernel that name a disk; `resume=` is for waking up only. */
function ofCommandLine(line: string): BootReference[] {
  return [...line.matchAll(/(?:^|\s)(root|resume|cryptdevice)=(\S+)/g)].flatMap(([, key, value]) =>
    named(value, key === 'resume'),
  );
}

/** GNU GRUB Manual 2.06, sections "search" and "linux". */
function ofGrub(line: string): BootReference[] {
  if (/^linux(?:16|efi)?\s/.test(line)) return ofCommandLine(line);
  const how = /^search(?:\.(fs_uuid|fs_label))?\s/.exec(line);
  if (how === null) return [];
  const words = line.split(/\s+/);
  const value = how[1] === undefined ? words.at(-1) : words[1];
  if (value === undefined || value.startsWith('-') || value.includes('$')) return [];
  const isUuid = how[1] === 'fs_uuid' || /\s(?:--fs-uuid|-u)\b/.test(line);
  const isLabel = how[1] === 'fs_label' || /\s(?:--fs-label|--label|-l)\b/.test(line);
  const said = { text: line.slice(0, longestEvidence), isOptional: false };
  if (isUuid) return [{ by: 'uuid', value: plain(value).toLowerCase(), ...said }];
  return isLabel ? [{ by: 'label', value: plain(value), ...said }] : [];
}

const prefixes: readonly [BootReference['by'], RegExp][] = [
  ['partition-uuid', /^(?:PARTUUID=|\/dev\/disk\/by-partuuid\/)/i],
  ['partition-label', /^(?:PARTLABEL=|\/dev\/disk\/by-partlabel\/)/i],
  ['uuid', /^(?:UUID=|\/dev\/disk\/by-uuid\/)/i],
  ['label', /^(?:LABEL=|\/dev\/disk\/by-label\/)/i],
  // A volume of LVM, a RAID or an encrypted one: on the disk, and cloned with it. Several ways to one disk (mpath) are hardware.
  [
    'volume',
    /^\/dev\/disk\/by-id\/(?:dm-name-|md-(?:uuid|name)-|lvm-pv-uuid-|dm-uuid-(?!(?:part\d+-)?mpath-))/,
  ],
  ['hardware', /^\/dev\/disk\/by-(?:id|path)\//],
  ['order', /^(?=\/dev\/(?:sd[a-z]|hd[a-z]|vd[a-z]|xvd[a-z]|nvme\d|mmcblk\d))/],
];

/** `UUID=…`, `/dev/sda1`; nothing for a path, a share, or a text that is only known at the start (`$root`). */
function named(text: string | undefined, isOptional: boolean): BootReference[] {
  const given = plain(text ?? '');
  const found = prefixes.find(([, prefix]) => prefix.test(given));
  if (found === undefined || given.includes('$')) return [];
  const [by, prefix] = found;
  // The kernel counts on from a partition: PARTUUID=…/PARTNROFF=1. Options of cryptdevice follow a colon.
  const rest = plain(given.replace(prefix, ''));
  const value =
    by === 'order' || by === 'hardware' || by === 'volume'
      ? rest
      : rest.replace(/(?:\/PARTNROFF=.*|:.*)$/, '');
  if (value === '') return [];
  return [
    {
      by,
      value: by === 'uuid' || by === 'partition-uuid' ? value.toLowerCase() : value,
      text: given.slice(0, longestEvidence),
      isOptional,
    },
  ];
}

/** Without quotation marks around it, and with what fstab(5) writes as `\\040`. */
function plain(text: string): string {
  return text
    .replace(/^["']|["']$/g, '')
    .replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
