import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { hostTools } from '../foundation/index.ts';
import { root } from './source-files.ts';

const run = promisify(execFile);

/** Runs a set-up script to its end, whatever its exit code. */
async function setup(folder: string, words: readonly string[], env: NodeJS.ProcessEnv = process.env) {
  const ended = await run(join(folder, 'setup'), words, { env }).catch((error) => error);
  return { exitCode: ended.code ?? 0, output: `${ended.stdout}${ended.stderr}` };
}

t.test('setup installs the package of every program that Assay starts', async (t) => {
  const { output } = await setup(root, ['--print-packages']);
  const packages = output.trim().split('\n');
  for (const { name, debianPackage } of hostTools)
    t.ok(packages.includes(debianPackage), `${name}: ${debianPackage}`);
});

t.test('an unknown option is refused', async (t) => {
  const { exitCode, output } = await setup(root, ['--chekc']);
  t.equal(exitCode, 2);
  t.match(output, 'unknown option --chekc');
});

/** A checkout that has nothing yet but what the set-up script reads, and a dpkg that knows `installed`. */
async function freshCheckout(t: Tap, installed: (name: string) => boolean) {
  const folder = t.testdir({});
  const bin = join(folder, 'bin');
  await mkdir(bin);
  await mkdir(join(folder, 'foundation'));
  await cp(join(root, 'setup'), join(folder, 'setup'));
  await cp(join(root, 'package-lock.json'), join(folder, 'package-lock.json'));
  await cp(join(root, 'foundation/host-tools.ts'), join(folder, 'foundation/host-tools.ts'));
  const { output } = await setup(root, ['--print-packages']);
  const known = output.trim().split('\n').filter(installed);
  const lines = known.map((name) => `echo 'installed ${name}'`).join('\n');
  await program(bin, 'dpkg-query', `${lines}\nexit 1`);
  await program(bin, 'id', 'echo 1000');
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: folder };
  return { folder, bin, env };
}

type Tap = Pick<typeof t, 'testdir'>;

async function program(bin: string, name: string, body: string): Promise<void> {
  await writeFile(join(bin, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
}

t.test('without root it says what to run, and exits 3', async (t) => {
  const { folder, env } = await freshCheckout(t, (name) => name !== 'qemu-utils' && name !== 'mtools');
  const { exitCode, output } = await setup(folder, [], env);
  t.equal(exitCode, 3);
  t.match(output, 'sudo apt-get install -y --no-install-recommends mtools qemu-utils');
});

t.test('--check says what is missing and installs nothing', async (t) => {
  const { folder, bin, env } = await freshCheckout(t, (name) => name !== 'mtools');
  await program(bin, 'npm', 'echo npm was started; exit 1');
  await program(bin, 'apt-get', 'echo apt-get was started; exit 1');
  const { exitCode, output } = await setup(folder, ['--check'], env);
  t.equal(exitCode, 3);
  t.match(output, 'missing Debian packages: mtools');
  t.match(output, 'npm packages are missing or stale');
  t.notMatch(output, 'was started');
});

t.test('npm packages are installed once, and again when the lock changes', async (t) => {
  const { folder, bin, env } = await freshCheckout(t, () => true);
  await program(
    bin,
    'npm',
    `echo "npm $1"; mkdir -p '${folder}/node_modules/.bin'; ln -sf /bin/true '${folder}/node_modules/.bin/tap'`,
  );
  const first = await setup(folder, [], env);
  t.equal(first.exitCode, 0, first.output);
  t.match(first.output, /npm ci\n[\s\S]*npm rebuild\n/);
  const second = await setup(folder, [], env);
  t.equal(second.output, 'setup: ready\n', 'nothing is to do');
  const lock = join(folder, 'package-lock.json');
  await writeFile(lock, `${await readFile(lock, 'utf8')}\n`);
  t.match((await setup(folder, [], env)).output, 'npm ci\n');
});

t.test('an npm ci that fails is not taken for done', async (t) => {
  const { folder, bin, env } = await freshCheckout(t, () => true);
  await program(bin, 'npm', `mkdir -p '${folder}/node_modules'; exit 1`);
  t.equal((await setup(folder, [], env)).exitCode, 3);
  t.match(await setup(folder, ['--check'], env), { exitCode: 3 });
});
