import t from 'tap';
import { readRecipe } from '../../images/index.ts';
import { layoutFile } from './build-template.ts';
import { assertPlaces, systemsOn } from './controller-systems.ts';

t.test('the systems get the driver, and a kernel that has it', async (t) => {
  const cache = process.env.XDG_CACHE_HOME;
  process.env.XDG_CACHE_HOME = t.testdir();
  t.teardown(() => {
    if (cache === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = cache;
  });
  const own = { extraComponents: ['kexec'] };
  t.equal(await systemsOn(undefined, own), own);
  t.equal(await systemsOn('virtio', own), own);
  const plain = await readRecipe('primary');
  const onNvme = await systemsOn('nvme', own);
  t.strictSame(onNvme.extraComponents, ['kexec']);
  t.strictSame(await readRecipe('primary', onNvme.recipesFolder), {
    ...plain,
    initramfs: [...plain.initramfs, 'driver-nvme'],
    root: [...plain.root, 'driver-nvme'],
  });
  const onAhci = await systemsOn('ahci', own);
  t.match(await readRecipe('emergency', onAhci.recipesFolder), {
    name: 'emergency',
    kernel: 'kernel-generic',
  });
  t.equal((await systemsOn('ahci', own)).recipesFolder, onAhci.recipesFolder, 'once');
  t.strictSame(
    (await systemsOn('nvme', onNvme)).recipesFolder,
    onNvme.recipesFolder,
    'what has it is as it is',
  );
});

t.test('a controller on which no disk is found is refused', async (t) => {
  for (const controller of ['scsi', 'usb'] as const)
    await t.rejects(systemsOn(controller, {}), {
      code: 'DRILLS_NOT_APPLICABLE',
      message: /virtio, nvme, ahci/,
    });
  const layout = layoutFile('headless');
  for (const controller of ['virtio', 'ahci', 'nvme'] as const) await assertPlaces(layout, controller);
});
