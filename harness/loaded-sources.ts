import { readFileSync } from 'node:fs';
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
  sources.set(fileURLToPath(url.split('?', 1)[0]!), text);
}

/** The text of a source file; undefined where it cannot be read. */
export function sourceText(path: string): string | undefined {
  const kept = sources.get(path);
  if (kept !== undefined) return kept;
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
