import { join } from 'node:path';
import t from 'tap';
import { builtInRules, kindsIn, search } from './fixtures/search.ts';
import { loadResidueRules } from './load-residue-rules.ts';
import { residueFindingKinds } from './residue-finding-kinds.ts';

const head = '{ id: own, severity: note, title: t, reason: r, fix: f, source: s';

/** The user's own rules from a text. */
async function loaded(t: { testdir(content: Record<string, string>): string }, text: string) {
  return await loadResidueRules([join(t.testdir({ 'own.yaml': text }), 'own.yaml')]);
}

/** What is said about a text. */
async function problemOf(t: Parameters<typeof loaded>[0], text: string): Promise<string> {
  try {
    await loaded(t, text);
  } catch (error) {
    const { code, facts } = error as { code: string; facts: { tried: string; got: string } };
    return `${code} ${facts.tried} ${facts.got}`;
  }
  return 'none';
}

t.test("a user's rule is added, takes a built-in one's place, or switches it off", async (t) => {
  const rules = await loaded(
    t,
    `rules:
  - ${head}, look: [/opt/product/id], test: { kind: exists } }
  - { id: hostname, off: true }
  - { id: random-seed, severity: note, title: t2, reason: r, fix: f, source: s, look: [/seed], test: { kind: exists } }
`,
  );
  t.equal(rules.length, builtInRules.length, 'one more, one less');
  const files = {
    '/opt/product/id': 'x',
    '/etc/hostname': 'build',
    '/seed': 'x',
    '/var/lib/systemd/random-seed': 'x',
  };
  t.same(await kindsIn(files, rules), ['random-seed', 'own']);
  const kinds = residueFindingKinds(rules);
  t.equal(kinds.find(({ id }) => id === 'random-seed')?.title, 't2');
  t.notOk(kinds.some(({ id }) => id === 'hostname'));
});

t.test('an empty list of rules is one', async (t) => {
  t.equal((await loaded(t, 'rules: []\n')).length, builtInRules.length);
});

t.test('what is wrong is named with file, line and nearest key', async (t) => {
  const one = (rest: string) => `# own\nrules:\n  - ${head}, ${rest} }\n`;
  t.match(
    await problemOf(t, one('loook: [/a], test: { kind: exists }')),
    /own\.yaml.*line 3, loook: unknown key, did you mean "look"/,
  );
  t.match(
    await problemOf(t, one('look: [/a], test: { knd: exists }')),
    'line 3, test.knd: unknown key, did you mean "kind"?',
  );
  t.match(await problemOf(t, one('look: [/a], test: { kind: exist }')), /line 3, test\.kind: .*"exists"/);
  t.match(
    await problemOf(t, one('look: [a], test: { kind: exists }')),
    'line 3, look.0: has to begin with /',
  );
  t.match(await problemOf(t, one('test: { kind: exists }')), /look: /);
  t.match(await problemOf(t, one('look: [/a], test: { kind: content }')), 'test.matches: needed, or without');
  t.match(await problemOf(t, one('look: [/a], test: { kind: setting }')), 'test.keys: needed');
  t.match(
    await problemOf(t, one('look: [/a], test: { kind: machine-id }')),
    'test.is: needed: one or more of left-over',
  );
  t.match(
    await problemOf(t, one('look: [/a], test: { kind: shadow, is: [empty] }')),
    'empty means nothing to the test shadow',
  );
  t.match(
    await problemOf(t, one('look: [/a], test: { kind: exists, is: [empty] }')),
    'empty means nothing to the test exists',
  );
  t.match(
    await problemOf(t, one('look: [/a], test: { kind: exists, matches: a }')),
    'matches: means nothing to the test exists',
  );
  t.match(
    await problemOf(t, one('look: [/a], test: { kind: content, matches: "(a+)+" }')),
    'test.matches: could take for ever',
  );
  t.match(
    await problemOf(t, one('look: [/a], test: { kind: content, matches: a, readBytes: 9999999 }')),
    'test.readBytes: ',
  );
  t.match(
    await problemOf(t, 'rules:\n  - { id: hostnam, off: true }\n'),
    'line 2: there is no rule hostnam to switch off, did you mean "hostname"?',
  );
  t.match(
    await problemOf(t, 'rules:\n  - { id: hostname, off: true, fix: f }\n'),
    'line 2, fix: unknown key',
  );
  t.match(await problemOf(t, 'rules:\n  - { id: hostname, off: false }\n'), 'line 2, off: ');
  t.match(
    await problemOf(t, 'rules:\n  - { id: hostname, off: true }\n  - { id: hostname, off: true }\n'),
    'line 3: hostname is there twice',
  );
  t.match(
    await problemOf(
      t,
      one('look: [/a], test: { kind: exists }').replace('id: own', 'id: residue-not-all-read'),
    ),
    'line 3, id: is what Assay says of itself',
  );
  t.match(await problemOf(t, 'rule: []\n'), 'line 1, rule: unknown key, did you mean "rules"?');
  t.match(await problemOf(t, 'rules: [\n'), /FOUNDATION_CONFIG_INVALID .*own\.yaml line \d/);
  t.match(await problemOf(t, 'rules:\n  - text\n'), 'line 2, rules.0: ');
  t.match(await problemOf(t, ''), 'FOUNDATION_CONFIG_INVALID');
  const bomb = [
    'a: &a [x]',
    ...'bcdefghi'.split('').map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index]},`.repeat(9)}]`),
  ];
  t.match(await problemOf(t, `${bomb.join('\n')}\n`), 'FOUNDATION_CONFIG_INVALID', 'aliases that grow');
  await t.rejects(loadResidueRules(['/nowhere/own.yaml']), {
    code: 'FOUNDATION_CONFIG_INVALID',
    facts: { got: /ENOENT/ },
  });
});

t.test("the options of a user's rule", async (t) => {
  const findingsOf = async (rest: string, files: Parameters<typeof search>[0]) => {
    const rules = await loaded(t, `rules:\n  - ${head}, ${rest} }\n`);
    return (await search(files, rules.slice(-1))).map(({ evidence }) => evidence);
  };
  const system = { '/etc/os-release': 'x' };
  t.same(await findingsOf('look: [/x], where: system, test: { kind: exists }', { '/x': 'a' }), []);
  t.same(await findingsOf('look: [/x], where: system, test: { kind: exists }', { '/x': 'a', ...system }), [
    '1 byte',
  ]);
  t.same(await findingsOf('look: [/x], unless: [/units/*.service], test: { kind: exists }', { '/x': 'a' }), [
    '1 byte',
  ]);
  t.same(
    await findingsOf('look: [/x], unless: [/units/*.service], test: { kind: exists }', {
      '/x': 'a',
      '/units/a.service': '',
    }),
    [],
  );
  t.same(
    await findingsOf('look: [/x], test: { kind: content, without: "^safe=1$" }', { '/x': 'a\nsafe=1\n' }),
    [],
  );
  t.same(
    await findingsOf('look: [/x], test: { kind: content, without: "^safe=1$" }', { '/x': 'a\nsafe=0\n' }),
    ['says nothing of it'],
  );
  t.same(await findingsOf('look: [/x], test: { kind: content, matches: "^b" }', { '/x': 'a\nbc\n' }), [
    'line 2',
  ]);
  t.same(
    await findingsOf('look: [/x], test: { kind: content, matches: "^b", shows: true }', {
      '/x': 'a\nbc\x1b[2J\n',
    }),
    ['bc\\x1b[2J'],
  );
  t.same(
    await findingsOf('look: [/x], test: { kind: content, matches: "b", readBytes: 3 }', { '/x': 'aaab' }),
    [],
    'no more is read',
  );
});
