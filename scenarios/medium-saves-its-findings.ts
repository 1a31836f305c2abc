import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { recoveryMedium, scenario } from 'assay';

const run = promisify(execFile);

scenario(
  'medium-saves-its-findings',
  {
    summary:
      'where a stick has a place for it, and only there, what would be gone at the next boot is kept (R3)',
    tags: ['medium'],
  },
  async (bench) => {
    const stickPath = join(bench.workFolder, 'stick.raw');
    await using stick = await open(stickPath, 'w');
    await stick.truncate(64 * 1024 * 1024);
    await run('/usr/sbin/mkfs.fat', ['-n', 'ASSAYSTATE', stickPath]);
    const machine = await bench.machine({
      ...{ name: 'alpha', memoryMiB: 512, cdPath: await recoveryMedium(bench), bootOrder: ['cd'] },
      smbios: { serial: 'SN-0042' },
      disks: [{ name: 'stick', path: stickPath, controller: 'usb', writes: 'kept' }],
    });
    const running = await machine.powerOn();
    const { console } = running;
    await bench.step(
      'the medium offers to save',
      () =>
        console.expect('ASSAY STATE save-state keeps logs and findings on /dev/sda', { timeoutMs: 60_000 }),
      { category: 'boot', machine: 'alpha' },
    );
    await console.run('echo it was the fan >/tmp/finding');
    const saved = await console.run('save-state /tmp/finding');
    const folder = /saved on \/dev\/sda: (\d{8}T\d{6}Z-SN-0042)\n/.exec(saved.output)?.[1] ?? 'none';
    await running.cut();
    const { stdout } = await run('mtype', ['-i', stickPath, `::${folder}/finding`]);
    bench.check('the stick has it, also after a power cut', stdout, 'it was the fan\n');
    const { stdout: mode } = await run('mtype', ['-i', stickPath, `::${folder}/assay/mode`]);
    bench.check('and what scripts leave behind', mode, 'reduced\n');
  },
);
