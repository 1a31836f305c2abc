import { isDataDiskMissing, makeSecondDataPartition } from '../first-boot/data-disk.ts';
import { runFirstBoot, settleIdentity } from '../first-boot/first-boot.ts';
import { osIdentityOf } from '../first-boot/os-identity.ts';
import { judgeUnsignedDataDisk } from '../first-boot/replaced-data-disk.ts';
import { readSignature, writeSignatures } from '../first-boot/signatures.ts';
import { decideIdentity, type IdentityDecision, type SignatureReading } from '../identity/decide-identity.ts';
import type { HardwareEvidence } from '../identity/evidence.ts';
import { gatherEvidence } from '../identity/gather-evidence.ts';
import { continuePreInstall } from '../pre-install/pre-install.ts';
import { changeProgress, type ManufacturingProgress, readProgress } from '../pre-install/progress.ts';
import { announce } from './announce.ts';
import type { ApplianceStatus } from './appliance-status.ts';
import type { Machine } from './machine.ts';
import { startNetwork } from './network.ts';
import { serve } from './serve.ts';
import { stayReachable } from './stay-reachable.ts';

/**
 * The primary operating system's start: pre-install on a template, first boot on a clone, and the normal run on an
 * initialised disk; or a page that says why none of these can be (spec M5, M8, M8a).
 *
 * @throws whatever keeps the appliance from serving; the caller restarts, and the loader counts.
 */
export async function startPrimary(machine: Machine, status: ApplianceStatus): Promise<void> {
  const progress = await readProgress(machine);
  status.update({ manufacturingStage: progress?.stage });
  if (progress?.stage === 'template') return await continuePreInstall({ machine, status, progress });
  if (isDataDiskMissing(machine)) {
    status.update({ state: 'data-disk-missing', detail: 'no data disk' });
    return await stayReachable(machine, status);
  }
  // Nothing of the data disk was read by now but its partition table, by the kernel.
  announce('STAGE identity');
  const hardware = gatherEvidence();
  const [systemDisk, dataDisk] = await Promise.all([
    readSignature(machine, 'system'),
    readSignature(machine, 'data'),
  ]);
  const decision = decideIdentity({ hardware, systemDisk: systemDisk!, dataDisk });
  const settled = await checkDataDisk(machine, decision, dataDisk);
  if (settled.kind === 'conflict') return await showConflict(machine, status, settled, hardware);
  const { systemId } = settled.identity;
  status.update({ systemId, hostName: osIdentityOf(systemId).hostName });
  await takeIdentity(machine, status, settled, progress);
  await serve(machine, status, { isFirstBoot: settled.kind !== 'keep' });
}

type SettledDecision = Exclude<IdentityDecision, { kind: 'conflict' }> & { newDataDisk?: boolean };
type Conflict = Extract<IdentityDecision, { kind: 'conflict' }>;

/**
 * An initialised system disk beside a data disk that nobody signed: a new disk is taken into use, one that holds
 * something is left to the operator. Only at a first boot is whatever is there wiped (spec M8).
 */
async function checkDataDisk(
  machine: Machine,
  decision: IdentityDecision,
  dataDisk: SignatureReading | undefined,
): Promise<SettledDecision | Conflict> {
  const isSigned = dataDisk === undefined || dataDisk.kind === 'signed';
  if (decision.kind !== 'keep' || isSigned) return decision;
  const judgement = await judgeUnsignedDataDisk(machine, decision.identity.systemId);
  if (judgement === 'ours') return { ...decision, update: true };
  if (judgement === 'blank') return { ...decision, update: true, newDataDisk: true };
  const detail = 'the data disk is not signed, and not blank';
  return { kind: 'conflict', reason: 'foreign-data-disk', detail };
}

async function takeIdentity(
  machine: Machine,
  status: ApplianceStatus,
  decision: SettledDecision,
  progress: ManufacturingProgress | null,
): Promise<void> {
  const { identity } = decision;
  if (decision.kind !== 'new' && decision.changedParts.length > 0) {
    status.log(`identity kept, replaced: ${decision.changedParts.join(', ')}`);
  }
  if (decision.kind === 'keep') {
    await keepIdentity(machine, status, decision, progress);
  } else {
    if (decision.kind === 'adopt') status.log('identity adopted from the data disk');
    await runFirstBoot(machine, status, identity, { adopt: decision.kind === 'adopt' });
    await startNetwork();
  }
  if (progress !== null && progress.stage !== 'initialised') {
    await changeProgress(machine, (before) => ({ ...before, stage: 'initialised' }));
    status.update({ manufacturingStage: 'initialised' });
  }
}

async function keepIdentity(
  machine: Machine,
  status: ApplianceStatus,
  { identity, update, newDataDisk }: Extract<SettledDecision, { kind: 'keep' }>,
  progress: ManufacturingProgress | null,
): Promise<void> {
  if (newDataDisk) {
    status.log('a new data disk is taken into use');
    await makeSecondDataPartition(machine, identity.systemId, progress?.backupHash ?? '');
  }
  const changed = await settleIdentity(machine, identity.systemId);
  if (changed.length > 0) {
    status.log(`identity renewed: ${changed.join(', ')}`);
    // A rebuilt primary has its network switched off, as the master had.
    await startNetwork();
  }
  if (update) await writeSignatures(machine, identity);
}

/** Reachable, not serving, shown on the display, resolved by an operator's command (spec M8a). */
async function showConflict(
  machine: Machine,
  status: ApplianceStatus,
  conflict: Conflict,
  hardware: HardwareEvidence,
): Promise<void> {
  status.update({ state: 'identity-conflict', detail: conflict.reason });
  status.log(`identity conflict: ${conflict.reason}: ${conflict.detail}`);
  await stayReachable(machine, status, hardware);
}
