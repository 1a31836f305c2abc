import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';

/** The trimmed text of a small file below /sys; undefined when it is not there or its driver gives no answer. */
export function readSysFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    // A card that is down answers EINVAL for its carrier, and a device may go while it is looked at.
    return undefined;
  }
}

/** The sorted names in a folder; none when the folder is not there. */
export function readSysFolder(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}

/** The last part of where a link leads, such as the name of a driver; undefined when there is no link. */
export function readSysLink(path: string): string | undefined {
  try {
    return basename(realpathSync.native(path));
  } catch {
    return undefined;
  }
}
