import { printable } from '../file-systems/printable.ts';
import type { BootFile } from './boot-files.ts';
import type { BootLoader } from './boot-loader.ts';

/** More keys of one file are not told. */
const mostFacts = 60;

/** RAUC's description of its slots, and what it noted about them (RAUC documentation, "System Configuration File" and "Slot Status"). */
export function recogniseRauc(files: readonly BootFile[]): BootLoader[] {
  return files
    .filter(({ kind }) => kind === 'rauc' || kind === 'rauc-status')
    .map(({ kind, text, where }) => ({
      name: kind === 'rauc' ? 'RAUC' : 'RAUC slot status',
      firmware: 'state',
      where,
      facts: new Map(
        keysOf(text)
          .filter(([key]) => told.test(key))
          .slice(0, mostFacts),
      ),
    }));
}

const told =
  /^(?:system|slot\.[^.]+(?:\.\d+)?)\.(?:compatible|bootloader|statusfile|data-directory|device|bootname|type|status|bundle\.version|installed\.timestamp|activated\.timestamp|sha256)$/;

/** `[section]` and `key=value`, as `section.key`. */
function keysOf(text: string): [string, string][] {
  let section = '';
  return text.split('\n').flatMap((line) => {
    const heading = /^\[([^\]]+)\]\s*$/.exec(line.trim())?.[1];
    if (heading !== undefined) section = heading;
    const [, key, value] = /^([\w.-]+)\s*=\s*(.*)$/.exec(line.trim()) ?? [];
    return key === undefined
      ? []
      : [[shorten(`${section}.${key}`), shorten(value ?? '')] as [string, string]];
  });
}

function shorten(text: string): string {
  return printable(Buffer.from(text)).slice(0, 200);
}
