import { join } from 'node:path';
import t from 'tap';
import { largestTakenBytes, pathOfImage, runDiskTool } from './disk-tool.ts';

t.test('what parses a disk has no privileges, and writes only where it is let', async (t) => {
  const folder = t.testdir({ disk: 'content' });
  const disk = join(folder, 'disk');
  const { stdout } = await runDiskTool(disk, 'cat', [disk, '/proc/self/status', '/proc/self/limits']);
  t.match(stdout, /^content/);
  t.match(stdout, /^CapEff:\s*0+$/m, 'also for root');
  t.match(stdout, /^Max file size +0 +0 /m);
  const write = ['-c', `echo x > ${join(folder, 'file')}`];
  await t.rejects(runDiskTool(disk, 'sh', write), { code: 'FOUNDATION_TOOL_FAILED' });
  await runDiskTool(disk, 'sh', write, { largestFileBytes: largestTakenBytes });
});

t.test('the disk of which a part is looked at', (t) => {
  t.equal(pathOfImage('/a/disk?offset=512'), '/a/disk');
  t.equal(pathOfImage('/a/disk'), '/a/disk');
  t.end();
});
