import { chmod, chown, mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { ImageSource } from '../image-source.ts';
import { partitionAt } from './fixtures/images.ts';
import { runLimitedTool } from './limited-tool.ts';
import { usualToolLimits } from './limits.ts';
import { imageName, ToolFolder } from './tool-folder.ts';

const isRoot = process.getuid!() === 0;

async function makeSource(folder: string, name = 'disk') {
  await mkdir(folder, { recursive: true });
  const content = Buffer.concat([Buffer.alloc(8192), Buffer.from('content'), Buffer.alloc(2 * 1024 ** 2)]);
  await writeFile(join(folder, name), content);
  return await ImageSource.open(join(folder, name));
}

const textOf = ({ stdout }: { stdout: Buffer }) => stdout.toString();

t.test('a tool without privileges', async (t) => {
  await using source = await makeSource(t.testdir({}));
  await using folder = await ToolFolder.ofDisk(source);
  const status = await runLimitedTool('cat', ['/proc/self/status'], folder);
  t.equal(status.exitCode, 0);
  t.match(textOf(status), /^NoNewPrivs:\s*1$/m);
  t.match(textOf(status), /^CapEff:\s*0+$/m, 'also for root');
  t.match(textOf(status), /^CapBnd:\s*0+$/m, { skip: !isRoot });
  const limits = textOf(await runLimitedTool('cat', ['/proc/self/limits'], folder));
  t.match(limits, /^Max file size +0 +0 /m);
  t.match(limits, /^Max core file size +0 +0 /m);
  t.match(limits, /^Max open files +64 +64 /m);
  t.match(limits, new RegExp(`^Max address space +${usualToolLimits.memoryBytes} `, 'm'));
  process.env.ASSAY_SECRET = 'secret';
  const environment = textOf(await runLimitedTool('env', [], folder));
  delete process.env.ASSAY_SECRET;
  // tap puts its own into every process.
  const names = environment.match(/^\w+/gm)?.filter((name) => !/^_TAPJS_|^NODE_OPTIONS$/.test(name));
  t.same(names?.sort(), ['LC_ALL', 'PATH', 'TZ']);
});

t.test('every limit is a result', async (t) => {
  await using source = await makeSource(t.testdir({}));
  await using folder = await ToolFolder.ofDisk(source);
  const limits = { ...usualToolLimits, wallClockMs: 300 };
  t.match(await runLimitedTool('sleep', ['1000'], folder, limits), { exitCode: null, endedBy: /0\.3 s/ });
  const flood = await runLimitedTool('yes', [], folder, { ...usualToolLimits, outputBytes: 10_000 });
  t.match(flood, { exitCode: null, endedBy: /10000 bytes of output/ });
  t.equal(flood.stdout.length, 10_000);
  const busy = ['-c', 'while :; do :; done'];
  const busyRun = await runLimitedTool('bash', busy, folder, { ...usualToolLimits, processorSeconds: 1 });
  t.match(busyRun, { exitCode: null, endedBy: /1 s of processor time/ });
  const crash = await runLimitedTool('bash', ['-c', 'kill -SEGV $$'], folder);
  t.match(crash, { exitCode: null, endedBy: 'SIGSEGV' });
  const writes = await runLimitedTool('bash', ['-c', 'echo x > file'], folder);
  t.match(writes, { exitCode: null, endedBy: /SIGXFSZ/ });
  const memory = { ...usualToolLimits, memoryBytes: 64 * 1024 ** 2 };
  t.not(
    (await runLimitedTool('dd', ['if=/dev/zero', 'of=/dev/null', 'bs=256M', 'count=1'], folder, memory))
      .exitCode,
    0,
  );
  t.match(await runLimitedTool('false', [], folder), { exitCode: 1, endedBy: undefined });
});

t.test('a signal ends a tool at once', async (t) => {
  await using source = await makeSource(t.testdir({}));
  await using folder = await ToolFolder.ofDisk(source);
  const signal = AbortSignal.timeout(200);
  const limits = { ...usualToolLimits, signal };
  const startMs = performance.now();
  await t.rejects(runLimitedTool('sleep', ['40'], folder, limits), { name: 'TimeoutError' });
  t.ok(performance.now() - startMs < 30_000, 'long before it would have ended by itself');
});

t.test('a tool that is not there', async (t) => {
  await using source = await makeSource(t.testdir({}));
  await using folder = await ToolFolder.ofDisk(source);
  await t.rejects(runLimitedTool('no-such-tool', [], folder), { code: 'FOUNDATION_TOOL_MISSING' });
});

t.test('paths that tools would not understand', async (t) => {
  await using source = await makeSource(join(t.testdir({}), 'a?offset=1@@2'), '-n\nx');
  await using folder = await ToolFolder.ofDisk(source);
  t.match(textOf(await runLimitedTool('head', ['-c', '8199', imageName], folder)), /content$/);
});

t.test('a disk of somebody else', { skip: !isRoot }, async (t) => {
  const place = t.testdir({ private: {} });
  await using source = await makeSource(join(place, 'private'));
  await chmod(source.path, 0o600);
  await chown(source.path, 65_534, 65_534);
  await using folder = await ToolFolder.ofDisk(source);
  t.equal((await runLimitedTool('cat', [imageName], folder)).exitCode, 0, 'root may read it');
  await chown(source.path, 0, 0);
  await chmod(join(place, 'private'), 0o700);
  await chown(join(place, 'private'), 65_534, 65_534);
  t.equal((await runLimitedTool('cat', [imageName], folder)).exitCode, 0, 'in a folder that is closed, too');
});

t.test('copies of a partition', async (t) => {
  await using source = await makeSource(t.testdir({}));
  const before = (await readdir(tmpdir())).length;
  const partition = partitionAt(4096, 8192);
  {
    await using folder = await ToolFolder.ofPartition(source, partition);
    t.equal(
      (await runLimitedTool('wc', ['-c', imageName], folder!)).stdout.toString(),
      `8192 ${imageName}\n`,
    );
    t.equal(
      textOf(await runLimitedTool('tail', ['-c', '+4097', imageName], folder!)).replace(/\0/g, ''),
      'content',
    );
  }
  t.equal(
    await ToolFolder.ofPartition(source, partition, { largestBytes: 100 }),
    undefined,
    'more data than may be copied',
  );
  const whole = await ToolFolder.ofPartition(source, partitionAt(0, source.sizeBytes), { largestBytes: 0 });
  t.equal(whole!.imagePath, source.path, 'nothing to copy');
  await whole![Symbol.asyncDispose]();
  t.equal(
    await ToolFolder.ofPartition(source, partitionAt(4096, 2 ** 52), { largestBytes: 0 }),
    undefined,
    'larger than a file may be here',
  );
  t.equal((await readdir(tmpdir())).length, before, 'nothing is left');
});
