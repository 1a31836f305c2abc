import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurably } from '../../foundation/durable-file.ts';
import { sectorBytes } from '../../foundation/size.ts';
import { applicationsPath, loadApplication } from '../appliance/application-set.ts';
import type { Machine } from '../appliance/machine.ts';
import { type MountRequest, withMounts, withWritableRoot } from '../appliance/mounts.ts';
import { runProgram } from '../appliance/run-program.ts';
import { applicationNames } from '../applications/application.ts';
import { hardwareFreeOsIdentity, resetOsIdentity, writeOsIdentity } from '../first-boot/os-identity.ts';
import { derivePurposeUuid } from '../identity/system-id.ts';
import { findPartition } from '../layout/find-in-layout.ts';
import { restoreTree } from '../recovery/restore-tree.ts';
import { networkDisabledPath, preInstallMarkPath, stagedData2Path } from './paths.ts';
import type { Step, StepContext } from './steps.ts';
import { wipePartition } from './wipe-partition.ts';

/** What the primary operating system does of pre-install (spec M5, seed 000 figure 12). */
export const primaryHalf: readonly Step[] = [
  { name: 'temporary-sid', run: setTemporaryIdentity, endsIn: 'restart' },
  { name: 'applications', run: installApplications, endsIn: 'restart' },
  { name: 'wipe-setup', run: wipeSetupFiles },
  { name: 'network-off', run: disableNetworkAndPage },
  { name: 'pre-install-off', run: clearPreInstall },
  { name: 'reset-sid', run: resetIdentity },
  { name: 'boot-emergency', run: bootEmergencyNext, endsIn: 'restart' },
];

async function setTemporaryIdentity({ progress }: StepContext): Promise<undefined> {
  await withWritableRoot(async () => {
    await writeFileDurably(preInstallMarkPath, 'pre-install is under way\n');
    await writeOsIdentity(hardwareFreeOsIdentity('temporary', progress.inputsHash));
  });
}

/** Each package is checked against its hashes while it is unpacked, then it makes its manufacturing defaults. */
async function installApplications({ machine, status }: StepContext): Promise<undefined> {
  const mounts: MountRequest[] = [
    { role: 'setup', path: '/setup', readOnly: true },
    { role: 'data', path: '/data' },
  ];
  if (machine.device('data2') !== null) mounts.push({ role: 'data2', path: '/data2' });
  const data2Path = machine.device('data2') === null ? stagedData2Path : '/data2';
  await withWritableRoot(async () => {
    await withMounts(machine, mounts, async () => {
      await mkdir(data2Path, { recursive: true });
      for (const name of applicationNames) {
        status.update({ state: 'pre-install', detail: name });
        await restoreTree(join('/setup/packages', name), join(applicationsPath, name), {
          exact: true,
          owners: true,
        });
        const application = loadApplication(name);
        await application.install?.({ dataPath: '/data', data2Path });
      }
    });
  });
}

/** Afterwards the partition is an empty file system, the same on every master. */
async function wipeSetupFiles({ machine, progress }: StepContext): Promise<undefined> {
  const device = machine.systemDevice('setup');
  const { partition } = findPartition(machine.layout, 'setup');
  await wipePartition(device, partition.sectors * sectorBytes);
  await makeEmptyFileSystem(machine, device, progress.inputsHash);
}

async function makeEmptyFileSystem(machine: Machine, device: string, inputsHash: string): Promise<void> {
  const { partition } = findPartition(machine.layout, 'setup');
  const uuid = derivePurposeUuid(inputsHash, 'empty setup partition');
  const features = 'metadata_csum_seed';
  const extended = `hash_seed=${uuid},lazy_itable_init=0,lazy_journal_init=0`;
  const options = [
    '-q',
    '-F',
    '-t',
    'ext4',
    '-O',
    features,
    '-E',
    extended,
    '-U',
    uuid,
    '-L',
    partition.label,
  ];
  await runProgram('mke2fs', [...options, device]);
}

/** The master knows no network and shows no page until a first boot has given it an identity. */
async function disableNetworkAndPage(): Promise<undefined> {
  await withWritableRoot(() => writeFileDurably(networkDisabledPath, 'until first boot\n'));
}

async function clearPreInstall(): Promise<undefined> {
  await withWritableRoot(() => rm(preInstallMarkPath, { force: true }));
}

async function resetIdentity(): Promise<undefined> {
  await withWritableRoot(() => writeOsIdentity(resetOsIdentity));
}

async function bootEmergencyNext({ machine }: StepContext): Promise<undefined> {
  await using bootControl = await machine.bootControl();
  await bootControl.setTarget('emergency');
}
