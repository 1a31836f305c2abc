import type { Stats } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { watch } from 'chokidar';
import { fileError } from '../file-errors.ts';

/** Editors write a file in several steps, and tools several files at once. */
const quietMs = 200;

/** What scenarios can import, and the data beside them; not what a run writes (logs, disks). */
const sourceName = /\.([cm]?[jt]s|json|ya?ml)$/;
const testName = /\.test\.[cm]?[jt]s$/;

export interface WatchedSources extends AsyncDisposable {
  /** Rejects when files cannot be watched any more. */
  readonly failed: Promise<never>;
}

/**
 * Watches the source files of the folder that the user stands in and of the scenarios elsewhere, without
 * `node_modules` and folders whose names begin with a full stop. Resolves when every folder is watched.
 *
 * @param onChange Is told one of the files, once after changes that come close together.
 * @throws HARNESS_FOLDER_UNUSABLE also where the host allows no more watches (fs.inotify.max_user_watches).
 */
export async function watchSources(
  scenarioPaths: readonly string[],
  onChange: (path: string) => void,
): Promise<WatchedSources> {
  const roots = [process.cwd(), ...scenarioPaths.map((path) => resolve(path))];
  const watcher = watch(roots, {
    ignoreInitial: true,
    ignored: (path, stats) => isIgnored(path, stats, roots),
  });
  let timer: NodeJS.Timeout | undefined;
  watcher.on('all', (_event, path) => {
    if (!sourceName.test(path)) return;
    clearTimeout(timer);
    timer = setTimeout(() => onChange(path), quietMs);
  });
  const failed = new Promise<never>((_, reject) => {
    watcher.on('error', (error) => reject(fileError(`watch ${roots.join(', ')}`, error)));
  });
  failed.catch(() => {});
  const sources: WatchedSources = {
    failed,
    [Symbol.asyncDispose]: async () => {
      clearTimeout(timer);
      await watcher.close();
    },
  };
  const ready = new Promise<void>((resolveReady) => {
    watcher.once('ready', () => resolveReady());
  });
  try {
    await Promise.race([ready, failed]);
  } catch (error) {
    await watcher.close();
    throw error;
  }
  return sources;
}

function isIgnored(path: string, stats: Stats | undefined, roots: readonly string[]): boolean {
  const root = roots.find((folder) => path === folder || path.startsWith(folder + sep));
  const segments = root === undefined ? [] : relative(root, path).split(sep);
  if (segments.some((name) => name === 'node_modules' || /^\.[^.]/.test(name))) return true;
  if (stats?.isDirectory() || stats === undefined) return false;
  return !stats.isFile() || !sourceName.test(path) || testName.test(path);
}
