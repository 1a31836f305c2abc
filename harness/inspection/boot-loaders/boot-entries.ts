import { posix } from 'node:path';
import type { BootFile } from './boot-files.ts';
import { mostReferences } from './boot-limits.ts';

/** One thing that can be started, and the files that it needs: kernels, initial RAM disks, programs of UEFI. */
export interface BootEntry {
  /** For people. */
  name: string;
  /** Absolute, as they stand there; `anywhere`: on whichever file system the loader has turned to. */
  files: readonly string[];
  anywhere: boolean;
}

/** What a file of settings offers to start; files that are only known at the start (`$root`, a network) are left out. */
export function entriesIn({ kind, path, text }: Pick<BootFile, 'kind' | 'path' | 'text'>): BootEntry[] {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (kind === 'syslinux') return entriesOf(syslinuxLines(lines, posix.dirname(path)), path, false);
  if (kind === 'grub') return entriesOf(grubLines(lines), path, true);
  if (kind === 'systemd-boot-entry') return entriesOf(systemdLines(lines), path, false);
  return [];
}

/** A line begins an entry, or names a file of the one that has begun. */
type EntryLine = { begins: string } | { file: string };

function entriesOf(lines: Iterable<EntryLine>, path: string, anywhere: boolean): BootEntry[] {
  const entries: { name: string; files: string[] }[] = [];
  let count = 0;
  for (const line of lines) {
    if ('begins' in line) entries.push({ name: line.begins, files: [] });
    else {
      if (entries.length === 0) entries.push({ name: path, files: [] });
      entries.at(-1)!.files.push(line.file);
      count += 1;
    }
    if (count >= mostReferences || entries.length >= mostReferences) break;
  }
  return entries.filter(({ files }) => files.length > 0).map((entry) => ({ ...entry, anywhere }));
}

/** SYSLINUX documentation, "Config": LABEL, KERNEL, LINUX, INITRD; paths without a slash lie beside the settings. Modules are not followed. */
function* syslinuxLines(lines: readonly string[], folder: string): Generator<EntryLine> {
  for (const line of lines) {
    const [, word = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    const key = word.toLowerCase();
    if (key === 'label') yield { begins: rest };
    const initrd = key === 'append' ? (/(?:^|\s)initrd=(\S+)/.exec(rest)?.[1] ?? '') : rest;
    if (key === 'linux' || key === 'kernel') yield* named([rest], folder);
    if (key === 'initrd' || key === 'append') yield* named(initrd.split(','), folder);
  }
}

/** GNU GRUB Manual 2.06, "menuentry", "linux", "initrd", "chainloader"; of nested menus the entries. */
function* grubLines(lines: readonly string[]): Generator<EntryLine> {
  for (const line of lines) {
    const title = /^(?:menuentry|submenu)\s+(?:"([^"]*)"|'([^']*)'|(\S+))/.exec(line);
    if (title !== null) yield { begins: title[1] ?? title[2] ?? title[3] ?? '' };
    const [command = '', ...words] = line.split(/\s+/);
    if (/^linux(?:16|efi)?$/.test(command)) yield* named(words.slice(0, 1), '/');
    if (/^initrd(?:16|efi)?$/.test(command)) yield* named(words, '/');
  }
}

/** UAPI.1 Boot Loader Specification, "Type #1": linux, initrd, efi; one entry a file. */
function* systemdLines(lines: readonly string[]): Generator<EntryLine> {
  for (const line of lines) {
    const [key = '', value = ''] = line.split(/\s+/);
    if (key === 'linux' || key === 'initrd' || key === 'efi') yield* named([value], '/');
  }
}

function* named(texts: readonly string[], folder: string): Generator<EntryLine> {
  for (const text of texts) {
    const plain = text
      .trim()
      .replace(/^["']|["']$/g, '')
      .replaceAll('\\', '/');
    // `($root)/vmlinuz` is on the file system that was searched for; `(hd0,msdos1)/…` may be.
    const path = plain.replace(/^\([^)]*\)(?=\/)/, '');
    const isKnown =
      path !== '' && !/[$(){}]|::|:\/\//.test(path) && !/\.(?:c32|com|cbt|bin|bss|0)$/i.test(path);
    if (isKnown) yield { file: posix.join('/', path.startsWith('/') ? '/' : folder, path) };
  }
}
