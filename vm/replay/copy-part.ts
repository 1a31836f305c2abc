import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** Copies a file from a place in it to its end. @throws what the file system says. */
export async function copyPart(fromPath: string, toPath: string, startBytes: number): Promise<void> {
  await pipeline(createReadStream(fromPath, { start: startBytes }), createWriteStream(toPath));
}
