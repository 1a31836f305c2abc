import { redundantSet, redundantUnit, scenario } from 'assay';

scenario(
  'two-disks-by-text',
  {
    summary:
      'a system partition on each of two disks, by text alone; with the first disk dead, the second one is started by kexec (B1, B4)',
    tags: ['known-state'],
  },
  async (bench) => {
    const set = await redundantSet(bench, { layout: 'redundant-two-disks', logic: { by: 'kexec' } });
    const unit = await redundantUnit(bench, set, 'alpha');
    const first = await unit.start();
    bench.check('the first disk runs', first.system, 'system-1');
    await unit.powerOff();

    const lame = await redundantUnit(bench, set, 'beta', { badSectors: { first: [0, 1, 2, 3, 4, 5, 6, 7] } });
    const up = await lame.start();
    bench.check('the second disk runs', up.system, 'system-2');
    const resets = lame.running.qmpEvents.filter(({ event }) => event === 'RESET').length;
    bench.check('by kexec, and without a recovery', [resets, up.recoveries], [0, 0]);
    bench.check('it says why', /unreadable|read/.test(up.passedOver['system-1'] ?? ''), true);
    const errors = lame.running.qmpEvents.filter(({ event }) => event === 'BLOCK_IO_ERROR').length;
    bench.fault('the first disk cannot be read', `${errors} I/O errors seen by QEMU`, lame.name);
    bench.check('the first disk has refused to be read', errors > 0, true);
    await lame.powerOff();
  },
);
