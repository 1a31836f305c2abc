import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The folders that hold Assay's own source. */
export const sourceFolders = [
  'foundation',
  'core',
  'vm',
  'images',
  'reports',
  'harness',
  'scenarios',
  'bench',
  'packaging',
  'examples',
  'tests',
] as const;

export const root = join(import.meta.dirname, '..');

export interface SourceFile {
  /** Relative to the repository. */
  path: string;
  text: string;
}

/** Every TypeScript file below a folder, sorted. */
export function sourceFiles(base = root, folders: readonly string[] = sourceFolders): SourceFile[] {
  return folders.flatMap((folder) =>
    entriesOf(join(base, folder))
      .filter((entry) => entry.isFile() && /\.[cm]?ts$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !path.includes('/tap-testdir-') && !path.includes('/.tap/'))
      .sort()
      .map((path) => ({ path: relative(base, path), text: readFileSync(path, 'utf8') })),
  );
}

/** Tests, and what only they use. */
export function isTestFile(path: string): boolean {
  return path.endsWith('.test.ts') || path.startsWith('tests/') || path.includes('/fixtures/');
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch {
    return [];
  }
}
