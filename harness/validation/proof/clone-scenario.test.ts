import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { emulatedMachines } from '../../emulated-machines.ts';
import { runScenarios } from '../../run-scenarios.ts';
import { diskProfileSchema } from '../profile/disk-profile.ts';
import { findingsOfClones } from './clone-findings.ts';
import type { ProofProfile } from './clone-hardware.ts';
import { cloneScenario } from './clone-scenario.ts';
import { compareIdentities } from './compare-identities.ts';
import { guestFlaws, makeIdentityDisk } from './fixtures/identity-disk.ts';
import { loadIdentities } from './load-identities.ts';
import { newProofCollector } from './proof-collector.ts';

const { isStuckAtSecondBoot, ignoresPowerButton, isNotRandom, changesIdentity } = guestFlaws;

/** Ample where clones are well; what is stuck has to be waited for. */
const profileOf = (flaws: number) =>
  diskProfileSchema.parse({
    format: 'assay disk profile 1',
    machine: { memory: '64MiB', nic: 'none' },
    ready: [{ console: 'READY' }],
    limits: {
      firstReady: '60s',
      ready: flaws & isStuckAtSecondBoot ? '2s' : '60s',
      shutDown: flaws & ignoresPowerButton ? '2s' : '60s',
    },
  }) as ProofProfile;

/** Starts so many clones of a tiny disk. */
async function prove(t: Test, flaws: number, count: number) {
  const folder = await mkdtemp('/tmp/proof-');
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const imagePath = await makeIdentityDisk(join(folder, 'master.img'), flaws);
  const before = await readFile(imagePath);
  const profile = profileOf(flaws);
  const identities = await loadIdentities(profile);
  const collector = newProofCollector();
  const scenarios = Array.from({ length: count }, (_, index) =>
    cloneScenario({ index: index + 1, imagePath, profile, identities, collector }),
  );
  const { run, counts } = await runScenarios({
    selected: scenarios.map((scenario) => ({ scenario, file: '(proof)' })),
    ...{ jobs: 1, repeat: 1, keep: false, timeoutScale: 3, seed: 'seven', argv: [] },
    out: join(folder, 'run'),
    machines: emulatedMachines('tcg'),
  });
  t.ok(before.equals(await readFile(imagePath)), 'the master is as it was');
  const names = scenarios.map((_, index) => `clone-${index + 1}`);
  const compared = compareIdentities(collector, identities);
  const findings = [...findingsOfClones(collector, names), ...compared.findings];
  return { collector, run, counts, findings, identities: compared.identities };
}

t.test('clones that become somebody at their first boot, and stay so', async (t) => {
  const { collector, counts, findings, identities } = await prove(t, 0, 2);
  t.equal(counts.passed, 2);
  for (const { hardware, boots } of collector.clones) {
    t.match(hardware, { smbiosSerial: /^SN/, diskSerial: /^DK/ });
    t.notOk('mac' in hardware, 'it has no network chip');
    t.match(boots, [
      { number: 1, readyMs: Number, shutDownMs: Number },
      { number: 2, readyMs: Number, shutDownMs: Number },
    ]);
  }
  const [machineId, hostName] = identities;
  t.match(machineId, { name: 'machine ID', from: 'partition 1, /etc/machine-id', result: 'as-expected' });
  t.equal(new Set(machineId!.values.map(({ value }) => value)).size, 2);
  t.match(hostName, { name: 'host name', result: 'shared' });
  t.match(findings, [
    { kind: 'name-shared', evidence: 'host name: "tiny" on clone-1, clone-2, as on the master' },
  ]);
  t.equal(findings.length, 1);
  t.match(collector.changes, [{ name: 'clone-1' }, { name: 'clone-2' }]);
  for (const { blocks } of collector.changes) t.equal(blocks.total, 1, 'the block with the machine ID');
});

t.test('clones that make themselves the same, and another one at each boot', async (t) => {
  const { counts, findings, identities } = await prove(t, isNotRandom + changesIdentity, 2);
  t.equal(counts.passed, 2, 'what is shared is no failure of a clone');
  t.equal(identities[0]!.result, 'shared-and-changed');
  t.strictSame(
    findings.map(({ kind }) => kind),
    ['identity-shared', 'identity-changes', 'name-shared'],
  );
});

t.test('a clone that does not go off, and does not start a second time', async (t) => {
  const { collector, run, counts, findings } = await prove(t, ignoresPowerButton + isStuckAtSecondBoot, 1);
  const starved = collector.failures.find(({ blame }) => blame === 'host');
  // Waits of seconds: a host that has no time for them is named, and says nothing of the clone.
  if (starved !== undefined) return t.comment(starved.text);
  t.equal(counts.failed, 1);
  t.match(run.scenarios[0], { error: { code: 'VALIDATION_NOT_READY' } });
  t.match(collector.clones[0]!.boots, [
    { number: 1, readyMs: Number, failure: /off/ },
    { number: 2, failure: /the console shows "READY"/ },
  ]);
  t.match(findings, [
    { kind: 'clone-does-not-shut-down', where: 'clone-1, boot 1' },
    { kind: 'clone-second-boot-fails', where: 'clone-1, boot 2' },
    { kind: 'name-shared' },
    { kind: 'proof-incomplete', evidence: 'those of one clone were read' },
  ]);
});
