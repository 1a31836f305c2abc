import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Bench, inspectDisk, recoveryMedium, scenario } from 'assay';

const run = promisify(execFile);

/** The first step would wipe the disk; the mistake is in the last one. */
const script = `name: wipe
steps:
  - name: wipe
    do: run
    with: { command: 'dd if=/dev/zero of=/dev/vda bs=1M count=1' }
  - name: tell
    do: log
    with: { txet: done }
`;

scenario(
  'script-with-a-mistake-is-refused',
  {
    summary: 'a script on a USB stick is found, and refused with its line before its first step runs (R5)',
    tags: ['medium'],
  },
  async (bench) => {
    const stickPath = await stickWith(bench, script);
    const diskPath = join(bench.workFolder, 'disk.raw');
    await writeFile(diskPath, 'what must not be lost\n'.padEnd(1024 * 1024, '.'));
    const before = await digest(diskPath);
    const machine = await bench.machine({
      ...{ name: 'alpha', memoryMiB: 512, cdPath: await recoveryMedium(bench), bootOrder: ['cd'] },
      disks: [
        { name: 'disk', path: diskPath, writes: 'kept' },
        { name: 'stick', path: stickPath, controller: 'usb' },
      ],
    });
    const running = await machine.powerOn();
    const { console } = running;
    const refusal = () =>
      console.expect(/line 8.*txet: unknown key, did you mean "text"/, { timeoutMs: 60_000 });
    await bench.step('the script is refused', refusal, { category: 'boot', machine: 'alpha' });
    await console.expect('ASSAY PROMPT');
    await running.cut();
    bench.check('the disk is as it was', await digest(diskPath), before);
  },
);

/** A stick with one file system over all of it, as sticks for cameras are. */
async function stickWith(bench: Bench, text: string): Promise<string> {
  const path = join(bench.workFolder, 'stick.raw');
  const scriptPath = join(bench.workFolder, 'script.yaml');
  await writeFile(scriptPath, text);
  await writeFile(path, Buffer.alloc(16 * 1024 * 1024));
  await run('/usr/sbin/mkfs.fat', [path]);
  await run('mmd', ['-i', path, '::assay']);
  await run('mcopy', ['-i', path, scriptPath, '::assay/script.yaml']);
  return path;
}

async function digest(path: string): Promise<string> {
  await using disk = await inspectDisk(path);
  return await disk.sha256();
}
