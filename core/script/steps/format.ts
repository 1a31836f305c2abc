import type { StepContext } from '../step-kind.ts';
import { isFat32, type PlannedPartition } from './partition-plan.ts';

/**
 * Makes the file system of a partition, which is not in use; does nothing for `none`.
 *
 * @throws SCRIPT_PROGRAM_FAILED
 */
export async function formatPartition(
  device: string,
  { fileSystem, label, sectors }: Pick<PlannedPartition, 'fileSystem' | 'label'> & { sectors: number },
  { runProgram }: Pick<StepContext, 'runProgram'>,
): Promise<void> {
  if (fileSystem === 'ext4') {
    const named = label === undefined ? [] : ['-L', label];
    // With its checksum seed apart, the file system may get another UUID later without being written anew.
    await runProgram('/usr/sbin/mke2fs', [
      '-q',
      '-F',
      '-t',
      'ext4',
      '-O',
      'metadata_csum_seed',
      ...named,
      device,
    ]);
  } else if (fileSystem === 'fat') {
    const named = label === undefined ? [] : ['-n', label];
    const width = isFat32(sectors) ? ['-F', '32'] : [];
    await runProgram('/usr/sbin/mkfs.fat', [...width, ...named, device]);
  }
}
