import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Ended, makePlace, type Place } from '../../tests/command-line.ts';
import { root } from '../../tests/source-files.ts';
import { spawnOnPty } from '../../vm/console/fixtures/pty-stream.ts';
import { SerialConsole } from '../../vm/index.ts';

/** A machine with a disk of each kind, on each of which its guest writes. */
const scenarios = `
import { truncate, writeFile } from 'node:fs/promises';
import { buildBenchSystem } from '${join(root, 'images/index.ts')}';
const kinds = { discarded: {}, copied: { intercepted: true }, kept: { writes: 'kept' } };
async function write(bench) {
  const { kernelPath, initramfsPath, kernelArguments } = await buildBenchSystem();
  const directBoot = { kernelPath, initramfsPath, kernelArguments: kernelArguments.join(' ') };
  const disks = [];
  for (const [name, kind] of Object.entries(kinds)) {
    const path = name === 'kept' ? bench.workFolder + '/kept.raw' : process.cwd() + '/image.raw';
    if (name === 'kept') await writeFile(path, Buffer.alloc(1024 * 1024, 'k'));
    disks.push({ name, path, ...kind });
  }
  const machine = await bench.machine({ name: 'alpha', memoryMiB: 256, directBoot, disks });
  const { console } = await machine.powerOn();
  await console.expect('ASSAY BENCH UP');
  for (const letter of 'abc') {
    await console.run('echo written to vd' + letter + ' | dd of=/dev/vd' + letter + ' conv=notrunc,fsync');
  }
}
scenario('it-passes', { summary: 's', timeoutMs: 240_000 }, write);
scenario('it-fails', { summary: 's', timeoutMs: 240_000 }, async (bench) => {
  await write(bench);
  bench.check('a claim', 1, 2);
});
`;

/** Every file of a folder with its SHA-256. */
async function contentOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hashes = files.sort().map(async (path): Promise<[string, string]> => {
    return [
      path,
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    ];
  });
  return Object.fromEntries(await Promise.all(hashes));
}

async function useShell(
  t: Test,
  place: Place,
  words: readonly string[],
  use: (person: SerialConsole) => Promise<void>,
) {
  const temporary = join(place.folder, 'temporary');
  await mkdir(temporary, { recursive: true });
  const { NODE_OPTIONS: _, ...environment } = process.env;
  const env = { ...environment, XDG_RUNTIME_DIR: place.sessionFolder, TMPDIR: temporary } as Record<
    string,
    string
  >;
  const terminal = spawnOnPty(join(root, 'assay'), ['shell', ...words], env);
  t.teardown(() => terminal.destroy());
  const person = new SerialConsole(terminal, { name: 'terminal of the person' });
  await person.expect('Ctrl-] detaches', { timeoutMs: 60_000 });
  await person.expect('ASSAY BENCH UP', { timeoutMs: 150_000 });
  await person.send('\r');
  await person.expect('# ', { timeoutMs: 60_000 });
  await use(person);
  await person.expect('detached from', { timeoutMs: 60_000 });
  await terminal.exited;
  t.same(await readdir(temporary), [], 'nothing is left of it');
  t.same(await place.runtimeFolders(), []);
}

t.test('a person has the disks as they were at the failure, and cannot change them', async (t) => {
  await using place = await makePlace({ 'a.ts': scenarios });
  const image = join(place.folder, 'image.raw');
  await writeFile(image, Buffer.alloc(1024 * 1024, 'i'));
  const ran = await place.assay(['run', '--accelerator', 'tcg', '--jobs', '1', '--out', 'first']);
  t.equal(ran.exitCode, 1, ran.stderr);
  t.same(
    await readdir(join(place.folder, 'first/scenarios/it-passes')).then((names) => names.includes('work')),
    false,
  );

  // Where the run was made does not matter.
  const moved = join(place.folder, 'moved');
  await rename(join(place.folder, 'first'), moved);
  const before = await contentOf(moved);
  await useShell(t, place, [moved], async (person) => {
    for (const letter of 'abc') {
      await person.send(`dd if=/dev/vd${letter} bs=14 count=1 2>/dev/null\r`);
      await person.expect(`written to vd${letter}`, { timeoutMs: 60_000 });
    }
    await person.send(
      'for a in a b c; do echo change | dd of=/dev/vd$a conv=notrunc,fsync; done; echo chan""ged\r',
    );
    await person.expect('changed', { timeoutMs: 60_000 });
    await person.send('\x1d');
  });
  t.same(await contentOf(moved), before, 'the kept state is what it was');
  await useShell(t, place, [moved, 'it-fails', 'alpha'], async (person) => {
    await person.send('dd if=/dev/vda bs=14 count=1 2>/dev/null; poweroff -f\r');
    await person.expect('written to vda', { timeoutMs: 60_000 });
  });

  const temporary = join(place.folder, 'temporary');
  const { child, ended, shows } = place.start(['shell', moved], { TMPDIR: temporary });
  await shows('ASSAY BENCH UP');
  child.kill('SIGTERM');
  t.equal((await ended).exitCode, 130);
  t.same(await readdir(temporary), [], 'nothing is left of one that was interrupted');

  const printed = await place.assay(['shell', moved, '--print']);
  t.match(
    printed.stdout,
    /disk discarded \(virtio\): \S+\/moved\/scenarios\/it-fails\/work\/kept-disks\/alpha\/discarded\.qcow2, qcow2 over /,
  );
  t.match(printed.stdout, '"memoryMiB": 256');
  const json = JSON.parse((await place.assay(['shell', moved, '--json'])).stdout);
  t.match(json, {
    scenarioId: 'it-fails',
    machine: 'alpha',
    disks: { copied: { format: 'raw' }, kept: { format: 'raw' } },
  });

  const refusals: [words: string[], says: RegExp][] = [
    [['it-passes'], /it-passes: it passed, and was run without --keep[\s\S]*HARNESS_NOTHING_KEPT/],
    [['it-fails', 'beta'], /it-fails alpha[\s\S]*HARNESS_NOTHING_KEPT/],
    [['it-fales'], /the nearest is it-fails[\s\S]*HARNESS_NAME_UNKNOWN/],
  ];
  for (const [words, says] of refusals) {
    const refused = await refuse(place, [moved, ...words]);
    t.equal(refused.exitCode, 2);
    t.match(refused.stderr, says);
  }
  await writeFile(image, Buffer.alloc(1024 * 1024, 'o'));
  t.match((await refuse(place, [moved])).stderr, /the image below disk discarded[\s\S]*HARNESS_DISK_CHANGED/);
  t.same(await place.runtimeFolders(), []);
  await rm(join(moved, 'scenarios/it-fails/work/kept-disks'), { recursive: true });
  t.match((await refuse(place, [moved])).stderr, /is not there any more[\s\S]*HARNESS_NOTHING_KEPT/);
});

/** A shell that is to be refused; one that comes up all the same would stay for ever. */
async function refuse(place: Place, words: readonly string[]): Promise<Ended> {
  const { child, ended } = place.start(['shell', ...words]);
  const timer = setTimeout(() => child.kill('SIGTERM'), 120_000);
  return await ended.finally(() => clearTimeout(timer));
}
