import { sectorBytes } from '../../foundation/size.ts';
import { announce } from '../appliance/announce.ts';
import type { ApplianceStatus } from '../appliance/appliance-status.ts';
import type { Machine } from '../appliance/machine.ts';
import { withMounts } from '../appliance/mounts.ts';
import { places } from '../appliance/places.ts';
import { coreErrors } from '../errors.ts';
import { findPartition } from '../layout/find-in-layout.ts';
import { changeProgress, readProgress } from '../pre-install/progress.ts';
import {
  type BackupManifest,
  type ImagedPartition,
  imagedPartitions,
  imagePath,
  verifyBackup,
} from './backup-area.ts';
import { restorePartition } from './partition-image.ts';
import { resetData } from './reset-data.ts';

/**
 * Rebuilds the primary from the backup area (spec M10): everything is verified before the first sector is written,
 * and read back afterwards. Licence, signature and settings lie elsewhere and are not touched. A rebuild that is cut
 * off starts again, because the boot control record is changed last.
 *
 * @throws CORE_BACKUP_DAMAGED, CORE_ARCHIVE_DAMAGED before anything was written; CORE_RESTORE_FAILED after.
 */
export async function rebuildPrimary(
  machine: Machine,
  status: ApplianceStatus,
  options: { resetData: boolean },
): Promise<void> {
  const stage = (name: string) => {
    announce(`STAGE rebuild ${name}`);
    status.update({ state: 'rebuilding', detail: name });
  };
  await withMounts(machine, [{ role: 'backup', path: places.backup, readOnly: true }], async () => {
    stage('verify');
    const backupHash = (await readProgress(machine))?.backupHash ?? '';
    const manifest = await verifyBackup(places.backup, backupHash);
    checkSizes(machine, manifest);
    for (const partition of imagedPartitions) {
      stage(partition);
      await restoreImage(machine, status, manifest, partition);
    }
    if (options.resetData) {
      stage('data');
      await resetData(machine, manifest);
    }
  });
  await changeProgress(machine, (before) => ({ ...before, rebuilds: (before.rebuilds ?? 0) + 1 }));
  await using bootControl = await machine.bootControl();
  await bootControl.setTarget('primary');
}

async function restoreImage(
  machine: Machine,
  status: ApplianceStatus,
  manifest: BackupManifest,
  partition: ImagedPartition,
): Promise<void> {
  let shown = 0;
  const path = imagePath(places.backup, partition);
  const image = manifest.images[partition];
  const written = await restorePartition(path, image, machine.systemDevice(partition), (share) => {
    const percent = Math.floor(share * 10) * 10;
    if (percent === shown) return;
    shown = percent;
    status.update({ state: 'rebuilding', detail: `${partition} ${percent}%` });
  });
  status.log(`${partition}: ${written} of ${image.chunks.length} pieces differed and were restored`);
}

function checkSizes(machine: Machine, manifest: BackupManifest): void {
  for (const role of imagedPartitions) {
    const sizeBytes = findPartition(machine.layout, role).partition.sectors * sectorBytes;
    if (manifest.images[role].sizeBytes === sizeBytes) continue;
    throw coreErrors.CORE_BACKUP_DAMAGED({
      tried: `check the image of ${role}`,
      expected: `${sizeBytes} bytes`,
      got: `${manifest.images[role].sizeBytes} bytes`,
    });
  }
}
