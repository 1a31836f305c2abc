import { posix } from 'node:path';
import { mostHomes, mostMounts } from './residue-limits.ts';

/** A line of /etc/fstab that says where something has its place. */
export interface Mount {
  /** `UUID=…`, `/dev/sda2`, of a bind mount a path. */
  source: string;
  /** Absolute, without a / at its end. */
  place: string;
  isBind: boolean;
}

/** The mounts of a text as fstab(5) describes it, except that of the root; at most {@link mostMounts}. */
export function readMountTable(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split('\n')) {
    const [source = '#', given = '', , options = ''] = line.trim().split(/\s+/, 4).map(unescapeOctal);
    if (source.startsWith('#') || !given.startsWith('/')) continue;
    const place = withoutSlash(posix.normalize(given));
    if (place !== '') mounts.push({ source, place, isBind: /(?:^|,)r?bind(?:,|$)/.test(options) });
    if (mounts.length >= mostMounts) break;
  }
  return mounts;
}

/** Homes of passwd(5) that are neither /root nor below /home, nor places that hold nobody's own files; at most {@link mostHomes}. */
export function readFurtherHomes(text: string): string[] {
  const homes = new Set<string>();
  for (const line of text.split('\n')) {
    const [, , , , , given = ''] = line.split(':');
    if (!given.startsWith('/')) continue;
    const home = withoutSlash(posix.normalize(given));
    if (!/^(?:|\/(?:root|bin|sbin|dev|proc|sys|run|usr|home|nonexistent)(?:\/.*)?)$/s.test(home))
      homes.add(home);
    if (homes.size >= mostHomes) break;
  }
  return [...homes];
}

function unescapeOctal(word: string): string {
  return word.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}
