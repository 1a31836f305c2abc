import { rm } from 'node:fs/promises';
import { copySparse } from '../../foundation/index.ts';
import type { DiskState } from './content-key.ts';
import { writeState } from './write-state.ts';

/** Makes the state of a disk a raw image, in the place of what is there. @throws as `writeState` */
export async function writeDiskState({ history, state, basePath }: DiskState, path: string): Promise<void> {
  await rm(path, { force: true });
  if (history === undefined) await copySparse(basePath, path);
  else await writeState(history, state, path);
}
