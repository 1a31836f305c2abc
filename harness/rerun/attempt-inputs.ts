import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { loadedFrom, sourceText } from '../loaded-sources.ts';

const inputsSchema = z.strictObject({
  version: z.literal(1),
  /** The SHA-256 of the scenario's file, and of what it imports by a path, by paths relative to the folder of the run. */
  sources: z.record(z.string(), z.string()),
});

/** What an attempt was made from, beside what its machines were started with. */
export type AttemptInputs = z.output<typeof inputsSchema>;

export const inputsFileName = 'inputs.json';

/** The sources of a scenario as they were loaded. @param file As the runner names it: seen from the folder the user stands in. */
export function attemptInputs(file: string): AttemptInputs {
  const sources = loadedFrom(resolve(file)).flatMap((path): [string, string][] => {
    const text = sourceText(path);
    if (text === undefined) return [];
    return [[relative(process.cwd(), path), createHash('sha256').update(text).digest('hex')]];
  });
  return { version: 1, sources: Object.fromEntries(sources.sort()) };
}

/** Keeps them beside the attempt's evidence. @throws what the file system says. */
export async function keepAttemptInputs(evidenceFolder: string, file: string): Promise<void> {
  const text = `${JSON.stringify(attemptInputs(file), undefined, 2)}\n`;
  await writeFile(join(evidenceFolder, inputsFileName), text);
}

/** Undefined where there are none: of runs of an older Assay. */
export async function readAttemptInputs(evidenceFolder: string): Promise<AttemptInputs | undefined> {
  try {
    return inputsSchema.parse(JSON.parse(await readFile(join(evidenceFolder, inputsFileName), 'utf8')));
  } catch {
    return undefined;
  }
}
