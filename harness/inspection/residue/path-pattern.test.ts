import t from 'tap';
import { MemoryTree } from './fixtures/memory-tree.ts';
import { IndexedTree } from './indexed-tree.ts';
import { matchesName, matchesPath, parsePathPattern, pathPatternProblem } from './path-pattern.ts';

const tree = new IndexedTree(
  new MemoryTree({
    '/a/b/c/key.pem': 'x',
    '/a/b/.hidden': 'x',
    '/a/key.pem': 'x',
    '/a/*': 'x',
    '/away': { link: '/a/b' },
    '/deep/1/2/3/4/key.pem': 'x',
  }),
);

function found(pattern: string, ignoresCase = false): string[] {
  const follow = () => tree.node('/a/b');
  return tree
    .find('/', parsePathPattern(pattern), ignoresCase, follow)
    .map(({ path }) => path)
    .sort();
}

t.test('names, stars and folders', async (t) => {
  t.same(found('/a/key.pem'), ['/a/key.pem']);
  t.same(found('/a/*.pem'), ['/a/key.pem']);
  t.same(found('/a/b/*'), ['/a/b/.hidden', '/a/b/c'], 'a dot at the beginning is nothing special');
  t.same(found('/a/**/key.pem'), ['/a/b/c/key.pem', '/a/key.pem'], 'no folder, or any number');
  t.same(found('/**/key.pem'), ['/a/b/c/key.pem', '/a/key.pem', '/deep/1/2/3/4/key.pem']);
  t.same(found('/a/b/**'), ['/a/b/.hidden', '/a/b/c', '/a/b/c/key.pem']);
  t.same(found('/?/b'), ['/a/b']);
  t.same(found('/A/KEY.pem'), []);
  t.same(found('/A/KEY.pem', true), ['/a/key.pem']);
  t.same(found('/a/key.pem/x'), [], 'a file is no folder');
  t.same(found('/none/**'), []);
});

t.test('links to folders are followed, except by **', async (t) => {
  t.same(found('/away/c/key.pem'), ['/a/b/c/key.pem']);
  t.same(found('/*/c/key.pem'), ['/a/b/c/key.pem']);
  t.same(found('/away/**'), ['/a/b/.hidden', '/a/b/c', '/a/b/c/key.pem']);
});

t.test('a name against a pattern', async (t) => {
  for (const [pattern, name, wanted] of [
    ['*', '', true],
    ['a*b*c', 'aXbYc', true],
    ['a*b*c', 'aXbY', false],
    ['*ab', 'aab', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['ssh_host_*_key', 'ssh_host_rsa_key', true],
    ['ssh_host_*_key', 'ssh_host_rsa_key.pub', false],
    ['a.c', 'abc', false],
  ] as const) {
    t.equal(matchesName(pattern, name, false), wanted, `${pattern} ${name}`);
  }
  t.notOk(matchesName(`${'*a'.repeat(100)}b`, 'a'.repeat(255), false), 'and it ends');
});

t.test('a whole path against a pattern', async (t) => {
  const matches = (pattern: string, path: string) => matchesPath(parsePathPattern(pattern), path, false);
  t.ok(matches('/var/log/journal/**', '/var/log/journal/a/b'));
  t.ok(matches('/etc/**/x', '/etc/x'));
  t.notOk(matches('/etc/*', '/etc/a/b'));
  t.notOk(matches('/etc/a/b', '/etc/a'));
});

t.test('wrong paths are said to be', async (t) => {
  t.match(pathPatternProblem('etc/x'), 'begin with /');
  t.match(pathPatternProblem('~x'), 'begin with /');
  t.match(pathPatternProblem('/etc//x'), 'empty name');
  t.match(pathPatternProblem('/etc/../x'), '..');
  t.match(pathPatternProblem('/etc/'), 'empty name');
  t.match(pathPatternProblem('/etc/a**'), 'name of its own');
  t.match(pathPatternProblem('/**/a/**'), 'more than once');
  t.equal(pathPatternProblem('~/.ssh/id_*'), undefined);
});
