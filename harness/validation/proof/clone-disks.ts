import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { CloneDisk, ProofProfile } from './clone-hardware.ts';

/**
 * The disks of one clone: an overlay on the master, which is never written, and the empty data disks that the profile names, in a folder
 * of the scenario.
 */
export async function cloneDisks(
  profile: ProofProfile,
  { imagePath, folder, name }: { imagePath: string; folder: string; name: string },
): Promise<CloneDisk[]> {
  const dataDisks: CloneDisk[] = [];
  for (const [index, sizeBytes] of profile.machine.dataDisks.entries()) {
    const path = join(folder, `${name}-data-${index + 1}.img`);
    await using file = await open(path, 'w');
    await file.truncate(sizeBytes);
    dataDisks.push({ name: `data-${index + 1}`, path, writes: 'kept' });
  }
  return [{ name: 'system', path: imagePath, writes: 'discarded' }, ...dataDisks];
}
