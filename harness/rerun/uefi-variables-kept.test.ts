import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { createMachine, uefiVariablesPath } from '../../vm/index.ts';
import { keepDisks } from './keep-disks.ts';
import { type MachineRecord, readMachineRecord } from './machine-record.ts';
import { runShell } from './run-shell.ts';

t.test('a shell of a machine with UEFI has the variables that it had at its end', async (t) => {
  // Not in the test's own folder, whose path is long: sockets have short paths.
  const folder = await mkdtemp(join(tmpdir(), 'assay-uefi-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const temporary = join(folder, 'tmp');
  await mkdir(temporary);
  // This test has a process of its own.
  Object.assign(process.env, { TMPDIR: temporary, XDG_RUNTIME_DIR: folder });

  const spec = { name: 'alpha', memoryMiB: 256, firmware: 'uefi' as const };
  const machine = await createMachine(spec, {
    workFolder: folder,
    runtimeFolder: folder,
    accelerator: 'tcg',
  });
  const path = uefiVariablesPath(machine.spec, machine.folder)!;
  const ofMaker = await readFile(path);
  const ended = Buffer.concat([ofMaker.subarray(0, -4), Buffer.from('ENDS')]);
  await writeFile(path, ended);
  const before = { version: 1, name: 'alpha', accelerator: 'tcg', spec: machine.spec } as const;
  const record: MachineRecord = { ...before, inputs: { disks: {}, files: {} } };
  await keepDisks(machine, record, { workFolder: join(folder, 'work'), after: new Map() });
  const machineFolder = machine.folder;
  await machine[Symbol.asyncDispose]();

  const kept = (await readMachineRecord(machineFolder))!;
  t.equal(kept.keptUefiVariables, join(folder, 'work/kept-disks/alpha/uefi-variables.fd'));
  t.same(await readFile(kept.keptUefiVariables!), ended);
  let seen = Buffer.alloc(0);
  const attach = async () => {
    const [shell] = await readdir(temporary);
    seen = await readFile(join(temporary, shell!, 'scenarios/shell/work/alpha/uefi-variables.fd'));
  };
  const machineOfShell = {
    scenarioId: 's',
    record: kept,
    disks: {},
    uefiVariablesPath: kept.keptUefiVariables!,
  };
  t.equal(await runShell(machineOfShell, { accelerator: 'tcg', attach }), 'done');
  t.equal(seen.subarray(-4).toString(), 'ENDS');
  t.same(await readFile(kept.keptUefiVariables!), ended, 'what the shell writes is discarded');
});
