import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurably } from '../../foundation/durable-file.ts';
import { derivePurposeUuid, identityNumber } from '../identity/system-id.ts';

/** What an operating system keeps of its identity in its root: `/etc/machine-id` and `/etc/hostname`. */
export interface OsIdentity {
  /** 32 hexadecimal digits; empty where the identity has been reset (machine-id(5)). */
  machineId: string;
  hostName: string;
}

/** What a system without an identity has: its next normal start gives it one. */
export const resetOsIdentity: OsIdentity = { machineId: '', hostName: 'assay' };

/** The identity that belongs to a system id; the same at every rebuild (spec M8a). */
export function osIdentityOf(systemId: string): OsIdentity {
  return {
    machineId: derivePurposeUuid(systemId, 'machine-id').replaceAll('-', ''),
    hostName: `assay-${identityNumber(systemId).toLowerCase()}`,
  };
}

/**
 * An identity that has nothing to do with the hardware (spec M8a): temporary while applications are installed,
 * general in the emergency system of every clone. The template decides it, so that masters of one template agree.
 */
export function hardwareFreeOsIdentity(kind: 'temporary' | 'general', inputsHash: string): OsIdentity {
  const machineId = derivePurposeUuid(inputsHash, `${kind} sid`).replaceAll('-', '');
  return { machineId, hostName: `assay-${kind}` };
}

export async function readOsIdentity(root = '/'): Promise<OsIdentity> {
  const read = async (name: string) =>
    (await readFile(join(root, 'etc', name), 'utf8').catch(() => '')).trim();
  const [machineId, hostName] = await Promise.all([read('machine-id'), read('hostname')]);
  return { machineId, hostName };
}

/** Writes both files durably; the root has to be writable. The machine id is last: it says that both are done. */
export async function writeOsIdentity({ machineId, hostName }: OsIdentity, root = '/'): Promise<void> {
  await writeFileDurably(join(root, 'etc/hostname'), `${hostName}\n`);
  await writeFileDurably(join(root, 'etc/machine-id'), machineId === '' ? '' : `${machineId}\n`, 0o444);
}

/** Tells the running kernel its name. */
export async function setRunningHostName(hostName: string): Promise<void> {
  await writeFile('/proc/sys/kernel/hostname', hostName);
}
