import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { emulatedMachines } from '../../emulated-machines.ts';
import { runScenarios } from '../../run-scenarios.ts';
import { diskProfileSchema } from '../profile/disk-profile.ts';
import type { ProofProfile } from './clone-hardware.ts';
import { guestFlaws, makeIdentityDisk } from './fixtures/identity-disk.ts';
import { makeMendingDisk } from './fixtures/mending-disk.ts';
import { planRecovery } from './recovery-plan.ts';
import { recoveryResults } from './recovery-results.ts';
import { recoveryScenarios } from './recovery-scenarios.ts';

// Real machines, one at a time; deadlines are ceilings.
t.setTimeout(600_000);

/** Of this seed the power cut comes three quarters of a second after it was ready. */
const seed = 'p';

t.test('claims of recovery are tried on clones of a disk, which stays as it is', async (t) => {
  const imagePath = join(t.testdir(), 'mending.raw');
  await makeMendingDisk(imagePath);
  const before = await digestOf(imagePath);
  const profile = diskProfileSchema.parse({
    format: 'assay disk profile 1',
    machine: { memory: '64MiB', nic: 'none' },
    console: {},
    ready: [{ console: 'READY' }],
    recovery: [
      { damage: ['sectors-damaged first=1 count=1 at power-on:2'], shows: 'MENDED' },
      { damage: ['sectors-damaged first=1 count=2 at power-on:2'] },
      { damage: ['sectors-damaged first=1 count=2 at power-on:2'], refused: '/REFUS.D/' },
      { damage: ['sectors-damaged first=7 count=1 how=flip'], shows: 'MENDED' },
      { damage: ['sectors-damaged first=1 count=1 how=zero'], refused: 'REFUSED' },
      { damage: ['reset at step:/is in the field/'], shows: 'BOOT' },
      { damage: ['reset at console:/never/'] },
    ],
  }) as ProofProfile;
  const planned = await planRecovery(profile, imagePath);
  const drills = recoveryScenarios(profile, planned, { imagePath, command: ['validate', imagePath] });
  const { run } = await runScenarios({
    selected: drills.map(({ scenario }) => ({ scenario, file: 'the profile' })),
    ...{ jobs: 1, repeat: 1, keep: false, timeoutScale: 1, argv: [], seed, out: join(t.testdirName, 'run') },
    machines: emulatedMachines('tcg'),
  });
  const { drills: told, findings } = recoveryResults(drills, run);
  t.match(told, [
    { name: 'power-cut-in-the-field', outcome: 'passed', recoveryMs: Number },
    { outcome: 'passed', recoveryMs: Number },
    { outcome: 'failed', failure: /DRILLS_NOT_WELL.*it has gone off/ },
    { outcome: 'passed' },
    { outcome: 'failed', failure: /VALIDATION_RECOVERY_NOT_SHOWN/, recoveryMs: Number },
    { outcome: 'failed', failure: /DRILLS_WELL_INSTEAD/ },
    { outcome: 'passed', recoveryMs: Number },
    { outcome: 'errored', failure: /DRILLS_MOMENT_NEVER_CAME/ },
  ]);
  t.match(findings, [
    { kind: 'recovery-fails', where: 'recovery, claim 2' },
    { kind: 'recovery-not-shown', where: 'recovery, claim 4' },
    { kind: 'refuses-not', where: 'recovery, claim 5' },
    { kind: 'drill-inconclusive', where: 'recovery, claim 7' },
  ]);
  t.equal(findings.length, 4);
  t.equal(await digestOf(imagePath), before);
});

t.test('a clone that does not go off is drilled all the same', async (t) => {
  const imagePath = join(t.testdir(), 'stays-on.raw');
  await makeIdentityDisk(imagePath, guestFlaws.ignoresPowerButton);
  const profile = diskProfileSchema.parse({
    format: 'assay disk profile 1',
    machine: { memory: '64MiB', nic: 'none' },
    ready: [{ console: 'READY' }],
    limits: { shutDown: '3s' },
  }) as ProofProfile;
  const planned = await planRecovery(profile, imagePath);
  const drills = recoveryScenarios(profile, planned, { imagePath, command: ['validate', imagePath] });
  const { run } = await runScenarios({
    selected: drills.map(({ scenario }) => ({ scenario, file: 'the profile' })),
    ...{ jobs: 1, repeat: 1, keep: false, timeoutScale: 1, argv: [], seed, out: join(t.testdirName, 'run') },
    machines: emulatedMachines('tcg'),
  });
  const { drills: told, findings } = recoveryResults(drills, run);
  t.match(told, [{ name: 'power-cut-in-the-field', outcome: 'passed', recoveryMs: Number }]);
  t.match(findings, [{ kind: 'no-recovery-claimed' }]);
  t.equal(findings.length, 1);
});

async function digestOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
