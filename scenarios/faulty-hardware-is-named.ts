import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { inspectDisk, recoveryMedium, scenario } from 'assay';

const script = `name: take-in
end: shut-down
steps:
  - name: hardware
    do: test-hardware
    with: { memory: { atLeast: 1GiB }, disks: { atLeast: 2 }, networkCards: { atLeast: 1 } }
  - name: install
    do: run
    with: { command: 'dd if=/dev/zero of=/dev/vda bs=1M count=1' }
`;

/** In the first MiB, which every test of a disk reads. */
const badSector = 1234;

scenario(
  'faulty-hardware-is-named',
  {
    summary:
      'a disk with an unreadable sector and a network card that is missing are named, and nothing is installed (R6)',
    tags: ['medium'],
  },
  async (bench) => {
    const path = join(bench.workFolder, 'disk.raw');
    await using disk = await open(path, 'w');
    await disk.truncate(64 * 1024 * 1024);
    await disk.write('somebody may want it', 0);
    const before = await digest(path);
    const machine = await bench.machine({
      ...{
        name: 'alpha',
        memoryMiB: 512,
        cdPath: await recoveryMedium(bench, { script }),
        bootOrder: ['cd'],
      },
      disks: [{ name: 'disk', path, writes: 'kept', badSectors: [badSector] }],
    });
    const running = await machine.powerOn();
    const { console } = running;
    const { groups } = await bench.step(
      'the hardware is tested',
      () =>
        console.expect(/ASSAY STEP failed hardware SCRIPT_HARDWARE_FAULTY: (.*)\n/, { timeoutMs: 90_000 }),
      { category: 'boot', machine: 'alpha' },
    );
    const said = groups[0]!;
    const errors = running.qmpEvents.filter(({ event }) => event === 'BLOCK_IO_ERROR').length;
    bench.check('the disk has refused to be read', errors > 0, true);
    bench.check('the disk is named, with the sector', /disk vda .*sector 1234\b/.test(said), true);
    bench.check('so is what is missing', /disk.*at least 2/.test(said) && /network card/.test(said), true);
    bench.check('and the memory', /memory: 512 MiB, at least 1 GiB/.test(said), true);
    await console.expect('ASSAY STEP skipped install');
    await running.cut();
    bench.check('nothing was installed', await digest(path), before);
  },
);

async function digest(path: string): Promise<string> {
  await using disk = await inspectDisk(path);
  return await disk.sha256();
}
