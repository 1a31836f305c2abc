import { open } from 'node:fs/promises';
import { sectorBytes } from '../../../foundation/index.ts';
import { knownStateErrors } from '../../known-state/errors.ts';

/** What the blocks of partitions are read and written by when their file system is left aside, in bytes. */
const alignmentBytes = 4096;

const chunkBytes = 1024 * 1024;

/**
 * Finds where a file's content lies in the image of a file system: in one piece, at a multiple of 4096 bytes.
 *
 * @param content Its beginning has to be like nothing else in the image; how much of it is given is checked.
 * @returns the offset in bytes.
 * @throws KNOWN_STATE_PLACE_UNUSABLE when it is not there, in several pieces, or lies askew.
 */
export async function findContent(imagePath: string, content: Buffer, name: string): Promise<number> {
  const unusable = (got: string) =>
    knownStateErrors.KNOWN_STATE_PLACE_UNUSABLE({
      ...{ tried: `find the place of ${name}`, where: imagePath, got },
      expected: `one piece of ${content.length} bytes at a multiple of ${alignmentBytes}`,
    });
  await using image = await open(imagePath, 'r');
  const { size } = await image.stat();
  const chunk = Buffer.alloc(chunkBytes);
  const beginning = content.subarray(0, sectorBytes);
  for (let position = 0; position < size; position += chunkBytes) {
    const { bytesRead } = await image.read(chunk, 0, chunkBytes, position);
    const within = chunk.subarray(0, bytesRead).indexOf(beginning);
    if (within === -1) continue;
    const offsetBytes = position + within;
    if (offsetBytes % alignmentBytes !== 0) throw unusable(`it begins at ${offsetBytes}`);
    const found = Buffer.alloc(content.length);
    await image.read(found, 0, found.length, offsetBytes);
    if (!found.equals(content)) throw unusable('it lies in several pieces');
    return offsetBytes;
  }
  throw unusable('it is not there');
}
