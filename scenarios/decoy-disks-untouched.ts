import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFactory, type Factory, scenario } from 'assay';

scenario(
  'decoy-disks-untouched',
  {
    summary: 'a USB disk and a third disk, even a clone of the same master, are never written to (M8)',
    tags: ['first-boot'],
  },
  async (bench) => {
    const factory = createFactory(bench);
    const master = await factory.master();
    const usbPath = join(bench.workFolder, 'usb.raw');
    const thirdPath = join(bench.workFolder, 'third.raw');
    await copyFile(master.systemPath, usbPath);
    await copyFile(master.systemPath, thirdPath);
    const before = await digests(factory, [usbPath, thirdPath]);

    const unit = await factory.clonedUnit(master, 'alpha', {
      extraDisks: [
        { name: 'usb', path: usbPath, controller: 'usb', writes: 'kept', port: 0 },
        { name: 'third', path: thirdPath, controller: 'virtio', writes: 'kept', port: 4 },
      ],
    });
    const first = await unit.start();
    bench.check('it was a first boot', first.isFirstBoot, true);
    const { output } = await unit.running.console.run('ls /sys/block');
    bench.check('the third disk was there to be mistaken', output.includes('vdc'), true);
    await unit.running.console.releaseShell();
    await unit.powerOff();
    await unit.start();
    await unit.powerOff();
    bench.check(
      'not one byte of the decoys has changed',
      await digests(factory, [usbPath, thirdPath]),
      before,
    );
  },
);

async function digests(factory: Factory, paths: readonly string[]): Promise<string[]> {
  return await Promise.all(
    paths.map(async (path) => {
      await using disk = await factory.inspect(path);
      return await disk.sha256();
    }),
  );
}
