import { rm } from 'node:fs/promises';
import { sectorBytes } from '../../foundation/size.ts';
import type { Machine } from '../appliance/machine.ts';
import { withMounts, withWritableRoot } from '../appliance/mounts.ts';
import { coreErrors } from '../errors.ts';
import { hardwareFreeOsIdentity, readOsIdentity, writeOsIdentity } from '../first-boot/os-identity.ts';
import { readSignature } from '../first-boot/signatures.ts';
import { findPartition } from '../layout/find-in-layout.ts';
import { archiveTree } from '../recovery/archive-tree.ts';
import {
  type ArchivedPartition,
  archivePath,
  type BackupManifest,
  type ImagedPartition,
  imagePath,
  sealBackup,
  verifyBackup,
} from '../recovery/backup-area.ts';
import { forgetPageCache, type PartitionImage, savePartition } from '../recovery/partition-image.ts';
import { stagedData2Path } from './paths.ts';
import type { ManufacturingProgress } from './progress.ts';
import type { Step, StepContext } from './steps.ts';

/** What the emergency operating system does of pre-install (spec M6, seed 000 figure 13). */
export const emergencyHalf: readonly Step[] = [
  { name: 'general-sid', run: setGeneralIdentity, endsIn: 'restart' },
  { name: 'restore-boot', run: restoreBootControl },
  { name: 'back-up', run: fillBackupArea },
  { name: 'master', run: declareMaster, endsIn: 'power-off' },
];

/** The progress of a disk whose boot control points at the emergency system again. */
export function withoutRestoredBoot(progress: ManufacturingProgress): ManufacturingProgress {
  return { ...progress, completed: progress.completed.filter((name) => name !== 'restore-boot') };
}

const backupPath = '/backup';

/** Permanent, and shared by clones: a clone's first rebuild needs no restart to get one. */
async function setGeneralIdentity({ progress }: StepContext): Promise<undefined> {
  await withWritableRoot(() => writeOsIdentity(hardwareFreeOsIdentity('general', progress.inputsHash)));
}

/** Before the copy is made: a primary rebuilt from it is one that starts by itself. */
async function restoreBootControl({ machine }: StepContext): Promise<undefined> {
  await using bootControl = await machine.bootControl();
  await bootControl.setTarget('primary');
}

async function fillBackupArea({ machine }: StepContext): Promise<Partial<ManufacturingProgress>> {
  return await withMounts(machine, [{ role: 'backup', path: backupPath }], async () => {
    const images: BackupManifest['images'] = {
      'primary-system': await saveImage(machine, 'primary-system'),
      'primary-root': await saveImage(machine, 'primary-root'),
    };
    await archiveDefaults(machine, 'data');
    await archiveDefaults(machine, 'data2');
    const backupHash = await sealBackup(backupPath, images);
    await forgetPageCache();
    await verifyBackup(backupPath, backupHash);
    return { backupHash };
  });
}

async function saveImage(machine: Machine, role: ImagedPartition): Promise<PartitionImage> {
  const { partition } = findPartition(machine.layout, role);
  const path = imagePath(backupPath, role);
  await rm(path, { force: true });
  return await savePartition(machine.systemDevice(role), partition.sectors * sectorBytes, path);
}

async function archiveDefaults(machine: Machine, role: ArchivedPartition): Promise<void> {
  const isHere = machine.device(role) !== null;
  const from = isHere ? role : 'primary-root';
  const tree = isHere ? '/run/defaults' : `/run/defaults${stagedData2Path}`;
  await withMounts(machine, [{ role: from, path: '/run/defaults', readOnly: true }], async () => {
    await archiveTree(tree, archivePath(backupPath, role));
  });
}

/**
 * The last step: what carries this mark has completed every one. What a clone depends on is looked at once more,
 * because ten thousand of them will have it.
 */
async function declareMaster({ machine }: StepContext): Promise<Partial<ManufacturingProgress>> {
  await using bootControl = await machine.bootControl();
  const control = await bootControl.read();
  const signatures = [await readSignature(machine, 'system'), await readSignature(machine, 'data')];
  const primary = await withMounts(
    machine,
    [{ role: 'primary-root', path: '/run/primary', readOnly: true }],
    () => readOsIdentity('/run/primary'),
  );
  const facts = {
    'boot control': control?.target === 'primary' && control.attempts === 0,
    signature: signatures.every((signature) => signature === undefined || signature.kind === 'null'),
    'identity of the primary': primary.machineId === '',
  };
  const wrong = Object.entries(facts).filter(([, isRight]) => !isRight);
  if (wrong.length > 0) {
    const got = `not as it has to be: ${wrong.map(([name]) => name).join(', ')}`;
    throw coreErrors.CORE_PRE_INSTALL_INCOMPLETE({ tried: 'mark the disk as a master', got });
  }
  return { stage: 'master', completed: [] };
}
