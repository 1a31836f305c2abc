import type { Machine } from '../appliance/machine.ts';
import { unmount, withMounts } from '../appliance/mounts.ts';
import { places } from '../appliance/places.ts';
import { runProgram } from '../appliance/run-program.ts';
import { findPartition } from '../layout/find-in-layout.ts';
import { archivePath, type BackupManifest, verifyDefaults } from './backup-area.ts';
import { restoreTree } from './restore-tree.ts';

/**
 * Brings the data partition to its manufacturing state on a new file system, whatever became of the old one. The
 * backup area has to be mounted, and nothing may hold a file of the partition open.
 *
 * @throws CORE_BACKUP_DAMAGED, CORE_ARCHIVE_DAMAGED before anything was written.
 */
export async function resetData(machine: Machine, manifest: BackupManifest): Promise<void> {
  await verifyDefaults(places.backup, manifest, 'data');
  const device = machine.systemDevice('data');
  const { label } = findPartition(machine.layout, 'data').partition;
  await unmount(places.data).catch(() => undefined);
  await runProgram('mke2fs', ['-q', '-F', '-t', 'ext4', '-O', 'metadata_csum_seed', '-L', label, device]);
  await withMounts(machine, [{ role: 'data', path: places.data }], () =>
    restoreTree(archivePath(places.backup, 'data'), places.data, { exact: true, owners: true }),
  );
}
