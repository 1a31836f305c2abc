import { toolLines } from '../../foundation/index.ts';

/** A stretch of a file that holds data, in bytes. */
export interface Extent {
  start: number;
  length: number;
}

/**
 * Where a file has data, in order. Node cannot ask for holes (SEEK_HOLE), qemu-img can; it opens the file read-only. It
 * prints one extent a line, and they go through one by one, so that a million of them take no memory.
 *
 * @throws FOUNDATION_TOOL_FAILED, FOUNDATION_TOOL_MISSING
 */
export async function* dataExtents(path: string, signal?: AbortSignal): AsyncGenerator<Extent> {
  // In this form of the name, colons mean nothing; commas are doubled.
  const image = `driver=raw,file.driver=file,file.filename=${path.replaceAll(',', ',,')}`;
  const words = ['map', '-U', '--output=json', '--image-opts', image];
  for await (const line of toolLines('qemu-img', words, { signal })) {
    // Of the list's own brackets and commas nothing is left between the braces.
    const begin = line.indexOf('{');
    if (begin === -1) continue;
    const extent = JSON.parse(line.slice(begin, line.lastIndexOf('}') + 1));
    const { start, length, data, zero } = extent as Extent & { data: boolean; zero: boolean };
    if ((data || !zero) && length > 0) yield { start, length };
  }
}
