import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { makePlace } from '../../tests/command-line.ts';
import { root } from '../../tests/source-files.ts';

/** What each of these throws has to lead to the line that says HERE. Consoles on streams: no machine is needed. */
const failing = `
import { setTimeout } from 'node:timers/promises';
import { PassThrough, Duplex } from 'node:stream';
import { SerialConsole } from '${join(root, 'vm/index.ts')}';
import { claims } from './lib/claims.ts';
const plain = { summary: 'a liar', needs: { machines: 0 } };
const silent = () => new Duplex({ read() {}, write(_bytes, _encoding, done) { done(); } });
function consoleWith(lines) {
  const stream = silent();
  const console = new SerialConsole(stream, { name: 'console of machine box', timeoutScale: 0.1 });
  stream.push(lines);
  return { stream, console };
}
scenario('claim', plain, async (bench) => {
  await bench.step('outer', () => bench.step('inner', async () => {
    await setTimeout(1);
    bench.check('trees agree', { a: [1, 2], b: 'x' }, { a: [1, 3], b: 'x' }); // HERE claim
  }));
});
scenario('assertion', plain, () => {
\tassert.equal('one\\ntwo\\nthree', 'one\\n2\\nthree'); // HERE assertion
});
scenario('times-out', plain, async (bench) => {
  const { console } = consoleWith('ASSAY STATE ready\\n');
  await bench.step('wait', async () => {
    await console.expect('ASSAY STATE raedy', { timeoutMs: 50 }); // HERE times-out
  });
});
scenario('taken', plain, async () => {
  const { console } = consoleWith('login: \\n');
  await console.expect('login:');
  await console.expect(/login:/, { timeoutMs: 50 }); // HERE taken
});
scenario('command-times-out', plain, async () => {
  const { console } = consoleWith('');
  await console.run('make world', { timeoutMs: 50 }); // HERE command-times-out
});
scenario('closed', plain, async () => {
  const { stream, console } = consoleWith('');
  globalThis.setTimeout(() => stream.destroy(), 20);
  await console.expect('never'); // HERE closed
});
scenario('closed-already', plain, async () => {
  const { stream, console } = consoleWith('');
  globalThis.setTimeout(() => stream.destroy(), 20);
  await console.expect('never').catch(() => {});
  await console.expect('never'); // HERE closed-already
});
scenario('panics', plain, async () => {
  const { stream, console } = consoleWith('');
  globalThis.setTimeout(() => stream.push('[    1.0] Kernel panic - not syncing: no init\\n'), 20);
  await console.expect('never'); // HERE panics
});
scenario('hangs', { ...plain, timeoutMs: 300 }, async (bench) => {
  await bench.step('wait for ever', () => new Promise(() => {})); // HERE hangs
});
scenario('strays', { ...plain, timeoutMs: 300 }, async () => {
  globalThis.setTimeout(() => { throw new Error('alone'); }, 1); // HERE strays
  await new Promise(() => {});
});
scenario('from-a-file-beside-it', plain, (bench) => claims(bench));
`;

const claims = `export function claims(bench) {
  bench.check('it is one', 1, 2); // HERE from-a-file-beside-it
}
`;

interface Summary {
  scenarios: {
    name: string;
    error?: {
      code: string;
      source?: { file: string; line: number; excerpt: string };
      facts?: Record<string, string>;
    };
  }[];
}

t.test('each failure shows the line of the scenario', async (t) => {
  await using place = await makePlace({ 'failing.ts': failing });
  await mkdir(join(place.folder, 'scenarios/lib'));
  await writeFile(join(place.folder, 'scenarios/lib/claims.ts'), claims);
  const { exitCode, stdout } = await place.assay(['run', '--jobs', '4']);
  t.equal(exitCode, 1);
  const { scenarios } = (await place.readRun('summary.json')) as Summary;
  t.equal(scenarios.length, 11);
  for (const { name, error } of scenarios) {
    const marked = error?.source?.excerpt.split('\n').find((line) => line.startsWith('>'));
    t.match(marked, new RegExp(`HERE ${name}$`), `${name}: ${error?.code}`);
    t.match(stdout, marked ?? name, 'in the summary of the terminal, too');
  }
  const of = (name: string) => scenarios.find((scenario) => scenario.name === name)?.error;
  const { file, line, excerpt } = of('from-a-file-beside-it')!.source!;
  t.equal(`${file}:${line}`, 'scenarios/lib/claims.ts:2');
  t.equal(
    excerpt,
    [
      '  1 | export function claims(bench) {',
      "> 2 |   bench.check('it is one', 1, 2); // HERE from-a-file-beside-it",
      '    |         ^',
      '  3 | }',
      '  4 |',
    ].join('\n'),
  );
  t.match(of('assertion')!.source!.excerpt, /\n {5}\| {10}\^\n/, 'a tab does not move the mark');
  t.match(of('claim')!.facts!.difference, /^- expected {2}\+ got\n[\s\S]*\n\+ +2\n- +3\n/);
  t.equal(of('assertion')!.facts!.difference, '- expected  + got\n  one\n+ two\n- 2\n  three');
  t.match(of('times-out')!.facts!.got, 'the nearest line: ASSAY STATE ready');
  t.match(of('taken')!.facts!.got, 'an earlier wait has taken the line that says it: login:');
  t.notMatch(stdout, / check: /, 'a check that failed is told of once');
  const tap = await readFile(join(place.folder, '.assay/runs/latest/results.tap'), 'utf8');
  t.match(tap, 'HERE claim');
  t.match(tap, 'difference:');
  t.match(await readFile(join(place.folder, '.assay/runs/latest/junit.xml'), 'utf8'), 'HERE claim');
});

t.test('the line is the one that ran, whatever was saved since', async (t) => {
  const rewrites = `import { writeFileSync } from 'node:fs';
scenario('rewrites-itself', { summary: 's', needs: { machines: 0 } }, (bench) => {
  writeFileSync(import.meta.filename, 'other\\n'.repeat(20));
  bench.check('it holds', 1, 2); // HERE
});`;
  await using place = await makePlace({ 'rewrites.ts': rewrites });
  await place.assay(['run']);
  const { scenarios } = (await place.readRun('summary.json')) as Summary;
  t.match(scenarios[0]?.error?.source?.excerpt, /^> 7 .* HERE$/m);
});
