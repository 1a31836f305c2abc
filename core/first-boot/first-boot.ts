import { rm } from 'node:fs/promises';
import { announce } from '../appliance/announce.ts';
import type { ApplianceStatus } from '../appliance/appliance-status.ts';
import type { Machine } from '../appliance/machine.ts';
import { withMounts, withWritableRoot } from '../appliance/mounts.ts';
import type { SystemIdentity } from '../identity/index.ts';
import { networkDisabledPath } from '../pre-install/paths.ts';
import { readProgress } from '../pre-install/progress.ts';
import { makeSecondDataPartition } from './data-disk.ts';
import { renewDiskIdentifiers } from './disk-identifiers.ts';
import { ensureKeys } from './keys.ts';
import { osIdentityOf, readOsIdentity, setRunningHostName, writeOsIdentity } from './os-identity.ts';
import { writeSignatures } from './signatures.ts';

/**
 * Makes a clone an appliance unlike every other (spec M8, M9). Every part may be cut off and run again: the
 * signature is the last thing written, and until then the next start is a first boot again.
 *
 * @param adopt The data disk carries this machine's signature already: it is kept as it is.
 */
export async function runFirstBoot(
  machine: Machine,
  status: ApplianceStatus,
  identity: SystemIdentity,
  { adopt }: { adopt: boolean },
): Promise<void> {
  const stage = (name: string) => {
    announce(`STAGE ${name}`);
    status.update({ state: 'first-boot', detail: name });
  };
  if (!adopt) {
    stage('data-disk');
    const backupHash = (await readProgress(machine))?.backupHash ?? '';
    await makeSecondDataPartition(machine, identity.systemId, backupHash);
  }
  stage('keys');
  await withMounts(machine, [{ role: 'settings', path: '/settings' }], () => ensureKeys('/settings'));
  stage('identifiers');
  await settleIdentity(machine, identity.systemId);
  stage('signature');
  await writeSignatures(machine, identity);
}

/**
 * Brings everything that follows from the system id in line with it: identifiers of disks and file systems, machine
 * id, host name, and the network that was down until there was an identity. Quick where nothing is to be done, so
 * every start calls it: a rebuilt primary gets the same identity again here (spec M8a).
 *
 * @returns What was changed.
 */
export async function settleIdentity(machine: Machine, systemId: string): Promise<string[]> {
  const changed = await renewDiskIdentifiers(machine, systemId);
  const wanted = osIdentityOf(systemId);
  const present = await readOsIdentity();
  if (present.machineId === wanted.machineId && present.hostName === wanted.hostName) return changed;
  await withWritableRoot(async () => {
    await rm(networkDisabledPath, { force: true });
    await writeOsIdentity(wanted);
  });
  await setRunningHostName(wanted.hostName);
  return [...changed, 'machine id', 'host name'];
}
