import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspectDisk, recoveryMedium, scenario } from 'assay';

scenario(
  'medium-keeps-nothing',
  {
    summary:
      'the recovery medium leads to a prompt, and is as clean at each boot as at the first (B1, R3, R4, R5)',
    tags: ['medium'],
  },
  async (bench) => {
    const cdPath = await recoveryMedium(bench);
    const diskPath = join(bench.workFolder, 'disk.raw');
    await writeFile(diskPath, randomBytes(8 * 1024 * 1024));
    const before = [await digest(cdPath), await digest(diskPath)];
    const machine = await bench.machine({
      ...{ name: 'alpha', memoryMiB: 512, cdPath, bootOrder: ['cd'], nics: [{ mac: '52:54:00:00:04:01' }] },
      disks: [{ name: 'disk', path: diskPath, controller: 'ahci', writes: 'kept' }],
    });
    const running = await machine.powerOn();
    const { console } = running;
    const prompt = () => console.expect('ASSAY PROMPT', { timeoutMs: 60_000 });
    await bench.step('the medium leads to a prompt', prompt, { category: 'boot', machine: 'alpha' });

    const { exitCode } = await console.run('reduced-mode', { acceptExitCodes: 'any' });
    bench.check('programs learn that this is the reduced mode', exitCode, 0);
    bench.check('there is no swap', (await console.run('tail -n +2 /proc/swaps')).output, '');
    bench.check(
      'the network waits for a script',
      (await console.run('ip -4 -o address')).output.includes('eth0'),
      false,
    );
    const writing = await console.run('echo mine >/root/note', { acceptExitCodes: 'any' });
    bench.check('the system itself cannot be written to', writing.exitCode === 0, false);
    await console.run('echo mine >/tmp/note; echo mine >/run/note; mkdir /var/mine');

    await running.reset();
    await bench.step('it is restarted', prompt, { category: 'boot', machine: 'alpha' });
    const { output } = await console.run('ls -d /tmp/note /run/note /var/mine 2>/dev/null; true');
    bench.check('nothing of the first boot is left', output, '');
    await running.cut();
    bench.check(
      'not one byte of medium and disk has changed',
      [await digest(cdPath), await digest(diskPath)],
      before,
    );
  },
);

async function digest(path: string): Promise<string> {
  await using disk = await inspectDisk(path);
  return await disk.sha256();
}
