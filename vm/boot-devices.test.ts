import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../foundation/index.ts';
import { benchMachine } from './fixtures/bench-machine.ts';
import type { MachineSpec } from './index.ts';

/**
 * A boot sector that prints one line on COM1 and halts: `mov dx, 3f8h`, then for each byte `mov al, …; out dx, al`,
 * then `hlt; jmp $-1`. What a firmware starts says so itself; no operating system is needed.
 */
function bootSector(line: string): Buffer {
  const sector = Buffer.alloc(512);
  const prints = [...Buffer.from(`${line}\n`)].flatMap((byte) => [0xb0, byte, 0xee]);
  sector.set([0xba, 0xf8, 0x03, ...prints, 0xf4, 0xeb, 0xfd]);
  sector.set([0x55, 0xaa], 510);
  return sector;
}

async function makeDisk(folder: string, name: string): Promise<string> {
  const path = join(folder, `${name}.raw`);
  await writeFile(path, Buffer.concat([bootSector(`BOOTED ${name}`), Buffer.alloc(1024 * 1024 - 512)]));
  return path;
}

async function whatBoots(t: { teardown: (end: () => unknown) => void }, spec: Partial<MachineSpec>) {
  const { machine, remove } = await benchMachine({ directBoot: undefined, ...spec });
  t.teardown(remove);
  await using _machine = machine;
  const running = await machine.powerOn();
  return (await running.console.expect(/BOOTED (\S+)\n/)).groups[0];
}

for (const controller of ['virtio', 'ahci', 'nvme', 'scsi', 'usb'] as const) {
  t.test(`a machine starts from a disk on ${controller}`, async (t) => {
    const path = await makeDisk(t.testdir(), controller);
    t.equal(await whatBoots(t, { disks: [{ name: 'disk', path, controller, port: 1 }] }), controller);
  });
}

t.test('the boot order decides, not the order of the disks', async (t) => {
  const folder = t.testdir();
  const names = ['first', 'second', 'third'];
  const disks = await Promise.all(names.map(async (name) => ({ name, path: await makeDisk(folder, name) })));
  t.equal(await whatBoots(t, { disks }), 'first', 'without one, the first disk');
  t.equal(await whatBoots(t, { disks, bootOrder: ['third', 'first'] }), 'third');
});

t.test('a machine starts from a CD when the boot order says so', async (t) => {
  const folder = t.testdir();
  const content = join(folder, 'cd');
  await mkdir(content);
  await writeFile(join(content, 'boot.bin'), bootSector('BOOTED cd'));
  const cdPath = join(folder, 'cd.iso');
  const noEmulation = ['-b', 'boot.bin', '-no-emul-boot', '-boot-load-size', '1'];
  await runTool('xorriso', ['-as', 'mkisofs', '-quiet', '-o', cdPath, ...noEmulation, content]);
  const disks = [{ name: 'disk', path: await makeDisk(folder, 'disk') }];
  t.equal(await whatBoots(t, { disks, cdPath, bootOrder: ['cd', 'disk'] }), 'cd');
  t.equal(await whatBoots(t, { disks, cdPath, bootOrder: ['disk', 'cd'] }), 'disk');
});
