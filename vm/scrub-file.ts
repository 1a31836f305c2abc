import { open } from 'node:fs/promises';

const chunkBytes = 1024 * 1024;

/**
 * Overwrites every occurrence of the secrets in a file with asterisks, in place. QEMU writes its console logs
 * itself, so what a guest echoed can only be taken out afterwards.
 *
 * @returns How many occurrences there were.
 */
export async function scrubFile(path: string, secrets: readonly string[]): Promise<number> {
  const needles = secrets.map((secret) => Buffer.from(secret)).filter((needle) => needle.length > 0);
  const overlapBytes = Math.max(0, ...needles.map((needle) => needle.length - 1));
  await using file = await open(path, 'r+');
  const { size } = await file.stat();
  const buffer = Buffer.alloc(chunkBytes + overlapBytes);
  let count = 0;
  for (let offset = 0; offset < size; offset += chunkBytes) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
    const chunk = buffer.subarray(0, bytesRead);
    for (const needle of needles) {
      for (let at = chunk.indexOf(needle); at !== -1; at = chunk.indexOf(needle, at + needle.length)) {
        chunk.fill(0x2a, at, at + needle.length);
        await file.write(chunk, at, needle.length, offset + at);
        count += 1;
      }
    }
  }
  return count;
}
