import t from 'tap';
import { longestEvidence } from '../finding.ts';
import { findResidue } from './find-residue.ts';
import { cleanDebian } from './fixtures/clean-debian.ts';
import { MemoryTree, type Planted } from './fixtures/memory-tree.ts';
import { pemKey, plantedResidue } from './fixtures/planted-residue.ts';
import { builtInRules, kindsIn, partition } from './fixtures/search.ts';
import { residueFindingKinds } from './residue-finding-kinds.ts';

const espPrefix = 'esp:';

/** A clean Debian and its EFI system partition, with something on one of them. */
async function findingsWith(planted: Record<string, Planted>) {
  const ofDisk = Object.entries(planted).filter(([path]) => !path.startsWith(espPrefix));
  const ofEsp = Object.entries(planted).filter(([path]) => path.startsWith(espPrefix));
  const efiSystem: Record<string, Planted> = {
    '/EFI/BOOT/BOOTX64.EFI': 'MZ',
    '/Loader/loader.conf': 'timeout 3\n',
  };
  for (const [path, content] of ofEsp) efiSystem[path.slice(espPrefix.length)] = content;
  const systems = [
    { partition: partition(), tree: new MemoryTree({ ...cleanDebian, ...Object.fromEntries(ofDisk) }) },
    {
      partition: partition(2, { type: 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b' }),
      tree: new MemoryTree(efiSystem, { isFat: true }),
    },
  ];
  return await findResidue(systems, builtInRules);
}

t.test('a clean Debian has none', async (t) => {
  t.same(await findingsWith({}), []);
});

t.test('every rule finds its planted thing, and no other rule does', async (t) => {
  t.ok(builtInRules.length > 100, 'rules were read');
  t.same(
    Object.keys(plantedResidue).sort(),
    builtInRules.map(({ id }) => id).sort(),
    'there is one planted thing for each',
  );
  for (const [id, planted] of Object.entries(plantedResidue)) {
    const findings = await findingsWith(planted);
    t.same(
      findings.map(({ kind }) => kind),
      [id],
    );
    // A folder that should be empty is named itself.
    const [path = ''] = Object.keys(planted);
    const wanted = path.startsWith(espPrefix)
      ? `partition 2, ${path.slice(espPrefix.length)}`
      : `partition 1, ${path}`;
    t.ok(wanted.startsWith(findings[0]?.where ?? 'nowhere'), `${id}: ${findings[0]?.where}`);
  }
});

t.test('evidence is short, printable, and has no secret', async (t) => {
  const all: Record<string, Planted> = {};
  for (const planted of Object.values(plantedResidue)) Object.assign(all, planted);
  const findings = await findingsWith(all);
  t.ok(findings.length > 100);
  for (const { evidence, kind } of findings) {
    t.ok(evidence.length > 0 && evidence.length <= longestEvidence, kind);
    t.match(evidence, /^[^\p{C}]+$/u, kind);
    t.notMatch(evidence, /secret12|yAnz5TF|b3BlbnNz|abcdefghijkl|: secret|MIIEvQ|0123456789abcdef0123/, kind);
  }
});

t.test('rules are sober', async (t) => {
  const words = new Set<string>();
  for (const { id, title, reason, fix, source } of residueFindingKinds(builtInRules)) {
    t.notOk(words.has(title), `${id} has a title of its own`);
    words.add(title);
    t.notMatch(title, /\.$/, `${id}: a title has no full stop`);
    t.ok(
      reason.length > 30 && fix.length > 10 && source.length > 3,
      `${id} says why, what to do and where from`,
    );
  }
});

t.test('a link is judged by what it leads to', async (t) => {
  t.same(await kindsIn({ '/var/lib/dbus/machine-id': { link: '/etc/machine-id' } }), []);
  t.same(await kindsIn({ '/var/lib/dbus/machine-id': { link: '../../../etc/machine-id' } }), []);
  t.same(await kindsIn({ '/var/lib/dbus/machine-id': { link: '/run/none' } }), [], 'dangling: missing');
  t.same(await kindsIn({ '/etc/machine-id': { link: '/data/id' }, '/data/id': `${'a'.repeat(32)}\n` }), [
    'machine-id-left-over',
  ]);
  t.same(await kindsIn({ '/etc/machine-id': { link: '/etc/machine-id' } }), [], 'a link to itself');
  const snakeoil = '/etc/ssl/private/ssl-cert-snakeoil.key';
  t.same(
    await kindsIn({ [snakeoil]: pemKey, '/etc/dovecot/private/dovecot.key': { link: snakeoil } }),
    ['snakeoil-key'],
    'a link to what has a rule of its own',
  );
});
