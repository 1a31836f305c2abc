import { createFactory, scenario } from 'assay';

scenario(
  'damaged-kernel-recovers',
  {
    summary:
      'with its kernel destroyed, an appliance hangs, is reset by its watchdog, and rebuilds itself (M10)',
    tags: ['recovery'],
    timeoutMs: 30 * 60_000,
  },
  async (bench) => {
    const factory = createFactory(bench);
    const unit = await factory.clonedUnit(await factory.master(), 'alpha');
    const { systemId } = await unit.start();
    await unit.powerOff();
    await unit.damageFile('primary-system', '/vmlinuz', { atMostBytes: 64 * 1024 });
    await unit.powerOn();
    const refused = await unit.recovers();
    bench.check('with a kernel that is none it is who it was', refused.systemId, systemId);
    await unit.powerOff();

    // The kernel's head is right and its body is not: it starts, cannot unpack itself, and halts for ever.
    await unit.damageFile('primary-system', '/vmlinuz', { skipBytes: 6 * 1024 * 1024, atMostBytes: 4096 });
    await unit.powerOn();
    const hung = await unit.recovers();
    bench.check('with a kernel that hangs it is who it was', hung.systemId, systemId);
    const resets = unit.running.qmpEvents.filter(({ event }) => event === 'WATCHDOG').length;
    bench.check('its watchdog has ended the starts that hung', resets > 0, true);
    await unit.powerOff();
  },
);
