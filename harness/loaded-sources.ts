import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** More than all scenarios of a large project; what comes after it is read when it is needed. */
const maxKeptCharacters = 64 * 1024 * 1024;

const sources = new Map<string, string>();
let keptCharacters = 0;

/**
 * Keeps the source of a module as it was loaded: an editor may save the file while a scenario runs for minutes, and
 * the report of its failure shall not show other lines than those that ran.
 */
export function keepSource(url: string, source: unknown): void {
  if (!url.startsWith('file:') || source === null || source === undefined) return;
  const text = typeof source === 'string' ? source : Buffer.from(source as Uint8Array).toString('utf8');
  if (keptCharacters + text.length > maxKeptCharacters) return;
  keptCharacters += text.length;
  sources.set(pathOf(url), text);
}

/** A source is smaller by far: what stands for one may be the disk that a proof is about, or a whole device. */
const largestSourceBytes = 16 * 1024 * 1024;

/** The text of a source file; undefined where it cannot be read, or is no source. */
export function sourceText(path: string): string | undefined {
  const kept = sources.get(path);
  if (kept !== undefined) return kept;
  try {
    const facts = statSync(path);
    if (!facts.isFile() || facts.size > largestSourceBytes) return undefined;
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

const imports = new Map<string, Set<string>>();

/** Notes that a module imports another. Packages are left out: theirs are other people's sources. */
export function keepImport(importerUrl: string | undefined, url: string): void {
  if (!importerUrl?.startsWith('file:') || !url.startsWith('file:')) return;
  const [importer, imported] = [pathOf(importerUrl), pathOf(url)];
  if (imported.includes('/node_modules/')) return;
  const known = imports.get(importer) ?? new Set();
  imports.set(importer, known.add(imported));
}

/** More than a scenario has; one that imports Assay's own sources by their paths would bring all of them. */
const maxLoadedFrom = 500;

/** A file and what was loaded since it imports it, directly or through others. */
export function loadedFrom(path: string): string[] {
  const found = new Set([path]);
  for (const file of found) {
    for (const imported of imports.get(file) ?? []) if (found.size < maxLoadedFrom) found.add(imported);
  }
  return [...found];
}

function pathOf(url: string): string {
  return fileURLToPath(url.split('?', 1)[0]!);
}
