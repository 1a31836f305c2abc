import t from 'tap';
import { root, type SourceFile, sourceFiles } from './source-files.ts';
import { fileProblems, importProblems, indexProblems } from './structure-problems.ts';

const files = sourceFiles(root);

t.test('the source follows its own rules', async (t) => {
  t.ok(files.length > 50, 'the source was found');
  t.same(importProblems(files), []);
  t.same(fileProblems(files), []);
  t.same(indexProblems(files), []);
});

/** The problems of a small tree: a map of paths to their text. */
function importsIn(tree: Record<string, string>): string[] {
  return importProblems(asFiles(tree));
}

function asFiles(tree: Record<string, string>): SourceFile[] {
  return Object.entries(tree).map(([path, text]) => ({ path, text }));
}

t.test('imports against the rules are found', async (t) => {
  const foundation = { 'foundation/index.ts': '' };
  t.same(importsIn({ ...foundation, 'core/a.ts': `import { x } from '../foundation/index.ts';\n` }), []);
  t.match(importsIn({ 'core/a.ts': `import { x } from '../vm/b.ts';\n`, 'vm/b.ts': '' }), [
    'core/a.ts may not import vm/b.ts',
  ]);
  t.match(
    importsIn({ 'vm/a.ts': `import type {\n  X,\n  Y,\n} from '../core/b.ts';\n`, 'core/b.ts': '' }),
    ['vm/a.ts may not import core/b.ts'],
    'types count, over several lines',
  );
  t.match(
    importsIn({ 'vm/a.ts': `export * from '../core/b.ts';\n`, 'core/b.ts': '' }),
    ['vm/a.ts may not import core/b.ts'],
    'exports from elsewhere count',
  );
  t.match(
    importsIn({ 'reports/a.ts': `const b = await import('../vm/b.ts');\n`, 'vm/b.ts': '' }),
    ['reports/a.ts may not import vm/b.ts'],
    'imports at run time count',
  );
  t.match(
    importsIn({ 'vm/a.ts': 'const b = await import(name);\n' }),
    ['vm/a.ts imports a file whose name is computed'],
    'names that cannot be known are refused',
  );
  t.match(importsIn({ 'harness/a.ts': `import '../core/b.ts';\n`, 'core/b.ts': '' }), [
    'harness/a.ts may not import core/b.ts',
  ]);
  t.same(importsIn({ 'harness/a.ts': `import '../core/factory/b.ts';\n`, 'core/factory/b.ts': '' }), []);
  t.match(importsIn({ 'scenarios/a.ts': `import { x } from '../harness/run.ts';\n`, 'harness/run.ts': '' }), [
    'scenarios/a.ts may not import harness/run.ts',
  ]);
  t.same(importsIn({ 'scenarios/a.ts': `import { scenario } from 'assay';\n` }), []);
  t.match(importsIn({ 'vm/a.ts': `import { x } from './gone.ts';\n` }), ['which is not there']);
  t.same(importsIn({ 'vm/a.ts': `// import { x } from '../core/b.ts';\nconst url = 'http://x';\n` }), []);
});

t.test('test files are exempt, and shipped code does not reach them', async (t) => {
  const core = { 'core/b.ts': '' };
  t.same(importsIn({ 'vm/a.test.ts': `import { x } from '../core/b.ts';\n`, ...core }), []);
  t.match(importsIn({ 'vm/a.ts': `import { x } from './b.test.ts';\n`, 'vm/b.test.ts': '' }), [
    'vm/a.ts is shipped and imports the test file vm/b.test.ts',
    'vm/a.ts may not reach vm/b.test.ts',
  ]);
});

t.test('the witness reaches nothing but foundation, through others either', async (t) => {
  const witness = { 'harness/witness/w.ts': `import { x } from '../../foundation/a.ts';\n` };
  t.same(importsIn({ ...witness, 'foundation/a.ts': '' }), []);
  const problems = importsIn({
    ...witness,
    'foundation/a.ts': `import { x } from '../core/b.ts';\n`,
    'core/b.ts': '',
  });
  t.match(
    problems.join('\n'),
    'harness/witness/w.ts may not reach core/b.ts: harness/witness/w.ts > foundation/a.ts > core/b.ts',
  );
});

t.test('files that are too long or badly named are found', async (t) => {
  t.match(fileProblems(asFiles({ 'vm/a.ts': 'x\n'.repeat(301) })), ['vm/a.ts has 301 lines, more than 300']);
  t.same(fileProblems(asFiles({ 'vm/a.ts': 'x\n'.repeat(300) })), []);
  t.match(fileProblems(asFiles({ 'vm/fileName.ts': '' })), ['fileName is not kebab-case']);
  t.match(fileProblems(asFiles({ 'vm/disk-utils.ts': '' })), ['"utils" does not say what it holds']);
  t.match(fileProblems(asFiles({ 'vm/helpers/disk.test.ts': '' })), ['"helpers" does not say what it holds']);
});

t.test('an index that does more than export is found', async (t) => {
  t.same(
    indexProblems(
      asFiles({
        'vm/index.ts': `export {\n  type A,\n  b,\n} from './a.ts';\nexport type { C } from './c.ts';\n`,
      }),
    ),
    [],
  );
  t.match(indexProblems(asFiles({ 'vm/index.ts': 'export const a = 1;\n' })), ['vm/index.ts does more']);
});
