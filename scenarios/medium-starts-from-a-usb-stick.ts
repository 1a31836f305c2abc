import { recoveryMedium, scenario } from 'assay';

scenario(
  'medium-starts-from-a-usb-stick',
  {
    summary: 'the image of the recovery medium starts from a USB disk that it was written to (R11)',
    tags: ['medium'],
  },
  async (bench) => {
    const path = await recoveryMedium(bench);
    const machine = await bench.machine({
      ...{ name: 'alpha', memoryMiB: 512, bootOrder: ['stick'] },
      disks: [{ name: 'stick', path, controller: 'usb' }],
    });
    const { console } = await machine.powerOn();
    const prompt = () => console.expect('ASSAY PROMPT', { timeoutMs: 60_000 });
    await bench.step('the stick leads to a prompt', prompt, { category: 'boot', machine: 'alpha' });
    const { output } = await console.run('grep " /medium " /proc/mounts');
    bench.check(
      'the system runs from the stick, and only reads it',
      /^\/dev\/sda \/medium iso9660 ro,/.test(output),
      true,
    );
  },
);
