import { existsSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import t from 'tap';
import { benchMachine } from './fixtures/bench-machine.ts';
import { makeUefiBootDisk } from './fixtures/uefi-boot-media.ts';
import { recordingCommandLine, replayCommandLine } from './replay/command-line.ts';
import { uefiArguments, uefiVariablesPath } from './uefi-firmware.ts';

/** In the last bytes of the variables' file, which no firmware touches unless it was written anew. */
const mark = Buffer.from('MARK');

t.test('UEFI starts a disk by the program in its file system, in the boot order', async (t) => {
  const folder = t.testdir();
  const names = ['first', 'second'];
  const disks = await Promise.all(
    names.map(async (name) => ({ name, path: await makeUefiBootDisk(folder, name) })),
  );
  const { machine, remove } = await benchMachine({
    ...{ directBoot: undefined, firmware: 'uefi', disks, bootOrder: ['second', 'first'] },
  });
  t.teardown(remove);
  const path = uefiVariablesPath(machine.spec, machine.folder)!;
  {
    await using _machine = machine;
    const running = await machine.powerOn();
    t.equal((await running.console.expect(/BOOTED (\S+)\n/)).groups[0], 'second');
    await running.cut();
    t.notSame(await readFile(path), await readFile('/usr/share/OVMF/OVMF_VARS_4M.fd'), 'it was written');
    await using file = await open(path, 'r+');
    const { size } = await file.stat();
    await file.write(mark, 0, mark.length, size - mark.length);
    const again = await machine.powerOn();
    await again.console.expect('BOOTED second');
    t.same((await readFile(path)).subarray(-mark.length), mark, 'variables stay over a power cycle');
  }
  t.notOk(existsSync(path), 'they end with the machine');
});

t.test('without a disk, UEFI gives its shell; a fork of it has variables of its own', async (t) => {
  const { machine, remove } = await benchMachine({
    ...{ directBoot: undefined, firmware: 'uefi', checkpoints: true },
  });
  t.teardown(remove);
  await using _machine = machine;
  const running = await machine.powerOn();
  await running.console.expect('Press ');
  await running.console.send('\x1b');
  await running.console.expect('Shell> ');
  await using checkpoint = await running.checkpoint();
  await using fork = await checkpoint.fork({ name: 'fork' });
  const variable = 'AssayTest -guid 7cb8bdc9-f8eb-4f34-aaea-3ee4af6516a1';
  await fork.running.console.send(`setvar ${variable} -bs -nv =0x4B45\r`);
  await fork.running.console.send(`dmpstore ${variable}\r`);
  await fork.running.console.expect(/45 4B/);
  const written = Buffer.from('AssayTest', 'utf16le');
  const variables = async (of: typeof machine) => await readFile(uefiVariablesPath(of.spec, of.folder)!);
  t.ok((await variables(fork.machine)).includes(written));
  t.notOk((await variables(machine)).includes(written));
});

t.test('a recording is replayed on a copy of the variables', (t) => {
  const places = { executionPath: '/run/execution.rr', pipePaths: [] };
  const recorded = recordingCommandLine(uefiArguments('/run/a,b/uefi-variables.fd'), places);
  t.match(recorded, [
    '-drive',
    /unit=0,.*readonly=on,file=.*CODE/,
    '-drive',
    /unit=1,.*file=\/run\/a,,b\/uefi-v/,
  ]);
  const scratch = { scratchFolder: '/scratch,1', qmpSocketPath: '/q', diskNodes: new Map() };
  const replayed = replayCommandLine(recorded, { ...scratch, executionPath: '/run/execution.rr' });
  t.equal(replayed[1], recorded[1]);
  t.equal(replayed[3], 'if=pflash,unit=1,format=raw,file=/scratch,,1/uefi-variables.fd');
  t.end();
});

t.test('a BIOS has no flash memory', (t) => {
  t.same(uefiArguments(undefined), []);
  t.end();
});
