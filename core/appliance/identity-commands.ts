import type { ApiAnswer, ApiRequest, RunningApplication } from '../applications/application.ts';
import { makeSecondDataPartition } from '../first-boot/data-disk.ts';
import { ensureKeys } from '../first-boot/keys.ts';
import { readSignature, writeSignatures } from '../first-boot/signatures.ts';
import { digestEvidence } from '../identity/compare-hardware.ts';
import { newIdentity } from '../identity/decide-identity.ts';
import type { HardwareEvidence } from '../identity/evidence.ts';
import { isEvidenceEnough } from '../identity/system-id.ts';
import { readProgress } from '../pre-install/progress.ts';
import type { Machine } from './machine.ts';
import { withMounts } from './mounts.ts';
import { places } from './places.ts';
import { restart } from './power.ts';

/**
 * The operator's command in an identity conflict (spec M8a): `POST /api/identity` with `{"resolve": "keep"}`, when
 * the disks were moved on purpose and the appliance stays who it was, or `"renew"`, when it becomes who this hardware
 * is. Either keeps all data, and restarts the appliance. `"format-data-disk"` takes a data disk into use that holds
 * something else, which is lost.
 */
export function identityCommands(machine: Machine, hardware: HardwareEvidence): RunningApplication {
  return {
    answer: (request) => answer(machine, hardware, request),
    check: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

async function answer(
  machine: Machine,
  hardware: HardwareEvidence,
  { method, path, body }: ApiRequest,
): Promise<ApiAnswer | undefined> {
  if (path !== '/api/identity') return undefined;
  if (method !== 'POST') return { status: 405, json: { error: 'send the command with POST' } };
  const { resolve } = (body ?? {}) as { resolve?: unknown };
  if (resolve !== 'keep' && resolve !== 'renew' && resolve !== 'format-data-disk') {
    return { status: 400, json: { error: 'expected {"resolve": "keep" | "renew" | "format-data-disk"}' } };
  }
  if (!isEvidenceEnough(hardware)) {
    return { status: 409, json: { error: 'this hardware says too little for an identity' } };
  }
  const present = await readSignature(machine, 'system');
  if (resolve !== 'renew' && present?.kind !== 'signed') {
    return { status: 409, json: { error: 'there is no identity to keep' } };
  }
  const identity =
    resolve !== 'renew' && present?.kind === 'signed'
      ? { systemId: present.identity.systemId, evidence: hardware.accepted.map(digestEvidence) }
      : newIdentity(hardware);
  if (resolve === 'format-data-disk') {
    await makeSecondDataPartition(
      machine,
      identity.systemId,
      (await readProgress(machine))?.backupHash ?? '',
    );
  }
  if (resolve === 'renew') {
    await withMounts(machine, [{ role: 'settings', path: places.settings }], () =>
      ensureKeys(places.settings, true),
    );
  }
  await writeSignatures(machine, identity);
  setTimeout(() => void restart('identity resolved'), 200);
  return { status: 202, json: { systemId: identity.systemId, restarting: true } };
}
