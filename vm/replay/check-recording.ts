import { join, resolve } from 'node:path';
import { errorMessage } from '../../foundation/index.ts';
import { vmErrors } from '../errors.ts';
import { contentDigest } from './content-digest.ts';
import type { DigestedFile, Recording } from './recording-file.ts';

/**
 * Reads everything that a replay needs, and finds out what is not as it was.
 *
 * @param folder The recording's.
 * @throws VM_RECORDING_CHANGED naming the file.
 */
export async function checkRecording(folder: string, recording: Recording): Promise<void> {
  const { execution, serialPorts, disks, files } = recording;
  await check('what QEMU has recorded', join(folder, execution.path), execution);
  for (const port of serialPorts) await check(`what ${port.name} printed`, join(folder, port.path), port);
  for (const { name, start, base } of disks) {
    if (base) await check(`the disk ${name} at its first power-on`, join(folder, '..', base.path), base);
    await check(`the disk ${name} at power-on`, join(folder, start.path), start);
  }
  for (const [what, file] of Object.entries(files))
    await check(`its ${what}`, resolve(folder, file.path), file);
}

async function check(what: string, path: string, { digest }: DigestedFile): Promise<void> {
  const got = await contentDigest(path).catch((error: unknown) => errorMessage(error));
  if (got === digest) return;
  throw vmErrors.VM_RECORDING_CHANGED({ tried: `read ${what}`, where: path, expected: digest, got });
}
