import t from 'tap';
import { findingsOfClones } from './clone-findings.ts';
import type { CloneFailure } from './proof-collector.ts';
import { proofFindingKinds } from './proof-finding-kinds.ts';

const hardware = { smbiosUuid: '', smbiosSerial: '', diskSerial: '' };
const boots = [
  { number: 1, readyMs: 1 },
  { number: 2, readyMs: 1 },
];
const both = ['clone-1', 'clone-2'].map((name) => ({ name, hardware, boots }));

const findings = (failures: CloneFailure[], clones = both) =>
  findingsOfClones({ clones, failures }, ['clone-1', 'clone-2']);
const failed = (boot: number, phase: CloneFailure['phase'], blame: CloneFailure['blame'] = 'product') =>
  findings([{ clone: 'clone-1', boot, phase, blame, text: 'it hangs\nhere' }])[0];

t.test('failures of the disk, by their boot and phase', (t) => {
  t.strictSame(findings([]), []);
  t.strictSame(failed(1, 'ready'), {
    kind: 'clone-not-ready',
    where: 'clone-1, boot 1',
    evidence: 'it hangs; here',
  });
  t.match(failed(2, 'ready'), { kind: 'clone-second-boot-fails' });
  t.match(failed(1, 'shut-down'), { kind: 'clone-does-not-shut-down' });
  t.match(failed(1, 'identities'), { kind: 'proof-incomplete' });
  t.end();
});

t.test('a host or a harness that fails says nothing of the disk', (t) => {
  t.match(failed(1, 'ready', 'host'), { kind: 'proof-incomplete' });
  t.match(failed(2, 'ready', 'harness'), { kind: 'proof-incomplete' });
  t.end();
});

t.test('clones of which nothing is known, or not enough', (t) => {
  t.match(findings([], both.slice(0, 1)), [{ kind: 'proof-incomplete', where: 'clone-2' }]);
  const once = [both[0]!, { ...both[1]!, boots: boots.slice(0, 1) }];
  t.match(findings([], once), [{ kind: 'proof-incomplete', evidence: 'it was not started twice' }]);
  t.end();
});

t.test('every kind is there once', (t) => {
  t.equal(new Set(proofFindingKinds.map(({ id }) => id)).size, proofFindingKinds.length);
  t.end();
});
