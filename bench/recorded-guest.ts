import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from '../foundation/index.ts';
import type { Bench } from '../harness/index.ts';
import { benchGuest, benchReadyText } from './bench-guest.ts';

/** Files that are replaced one after the other, each made safe; and some that are only written. */
const busyWork = [
  'echo 2 >/sys/block/vda/queue/nomerges',
  'mkdir -p /tmp/d && mount -t ext4 /dev/vda /tmp/d && cd /tmp/d',
  'for i in $(seq 60); do yes "version $i" | head -c 16384 >new && sync new && mv new current && sync .; done',
  'for i in $(seq 20); do dd if=/dev/urandom of=file$i bs=64k count=8 2>/dev/null; done; sync',
  'rm -f file1 file3 file5 file7; sync',
];

/** A guest's writes to an ext4 file system: the image as it was before, and the log. */
export async function recordBusyGuest(bench: Bench, folder: string, diskBytes: number) {
  const basePath = join(folder, 'recorded.raw');
  await using base = await open(basePath, 'w');
  await base.truncate(diskBytes);
  const blocks = ['-b', '4096', '-E', 'lazy_itable_init=0,lazy_journal_init=0'];
  await runTool('mke2fs', ['-q', '-t', 'ext4', ...blocks, basePath]);
  // Its own disk is a small one, which this guest does without.
  const spec = await benchGuest('recorded', join(folder, 'unused.raw'));
  const disks = [{ name: 'data', path: basePath, writeLog: true }];
  const machine = await bench.machine({ ...spec, disks, nics: [] });
  const running = await machine.powerOn();
  await running.console.expect(benchReadyText);
  for (const command of busyWork) await running.console.run(command, { timeoutMs: 60_000 });
  await running.cut();
  return { basePath, logPath: machine.writeLogPaths('data')[0]! };
}
