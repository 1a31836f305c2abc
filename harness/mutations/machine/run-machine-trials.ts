import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildImage } from '../../../images/index.ts';
import { createMachine, type Machine, type RunningMachine } from '../../../vm/index.ts';
import type { Acknowledgement } from '../../explorer/acknowledgements.ts';
import { exploreLog } from '../explore-raw-trial.ts';
import type { TrialOutcome } from '../trial.ts';
import { makeBaseDisks } from './base-disks.ts';
import { bundleTrials } from './bundle-trials.ts';
import type { MachineTrial } from './machine-trial.ts';

/** A trial, and what is left out of it; null for nothing. */
export interface Variation {
  trial: MachineTrial;
  step: string | null;
}

export interface MachineRunning {
  timeoutScale: number;
  signal: AbortSignal;
  onOutcome(outcome: TrialOutcome): Promise<void>;
  say(text: string): void;
}

/** One machine takes so many disks; the letters of their devices begin behind that of the program's. */
const disksAtOnce = 6;
const deviceOf = (index: number) => `vd${String.fromCharCode('b'.charCodeAt(0) + index)}`;
const readyText = 'ASSAY BENCH UP';
const bootMs = 120_000;
const actMs = 120_000;
const ext4Flags = '-t ext4 -o noatime,commit=600';
/** As the core mounts it: who copies files there is not told that it has no owners. */
const fatFlags = '-t vfat -o noatime,quiet';

/**
 * Runs trials in machines of their own, which boot a small system with Node, and explores what each has written. What ends a
 * machine has one for itself.
 *
 * @throws what building the system and the machines throw.
 */
export async function runMachineTrials(
  variations: readonly Variation[],
  running: MachineRunning,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-mutations-'));
  try {
    running.say('a small system with Node is at hand');
    const image = await buildImage('bench', { extraComponents: ['node', 'ext4-tools', 'filesystem-fat'] });
    const programPath = join(folder, 'program.raw');
    const programBytes = await bundleTrials(programPath);
    const place = { folder, programPath, programBytes, image, bases: await makeBaseDisks(folder), running };
    const returning = variations.filter(({ trial }) => trial.end === 'returns');
    for (let at = 0; at < returning.length; at += disksAtOnce) {
      await runTogether(returning.slice(at, at + disksAtOnce), place);
    }
    for (const variation of variations.filter(({ trial }) => trial.end !== 'returns')) {
      await runTogether([variation], place);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What happened to one disk. */
interface Recorded {
  leftOut: number;
  /** The length of its log when the core began. */
  fromBytes: number;
  acknowledgements: Acknowledgement[];
}

interface Place {
  folder: string;
  programPath: string;
  programBytes: number;
  image: Awaited<ReturnType<typeof buildImage>>;
  bases: Record<MachineTrial['disk'], string>;
  running: MachineRunning;
}

async function runTogether(variations: readonly Variation[], place: Place): Promise<void> {
  const { running, bases } = place;
  running.signal.throwIfAborted();
  await using machine = await makeMachine(variations, place);
  const on = await machine.powerOn();
  await on.console.expect(readyText, { timeoutMs: bootMs });
  await prepare(on, variations, place.programBytes);
  const recorded: Recorded[] = [];
  for (const [index, variation] of variations.entries()) {
    running.signal.throwIfAborted();
    recorded.push(await actOut(on, variation, index));
  }
  if (on.isOn) await on.cut();
  for (const [index, { trial, step }] of variations.entries()) {
    running.signal.throwIfAborted();
    const { leftOut, ...log } = recorded[index]!;
    const found = await exploreLog(
      {
        ...{ basePath: bases[trial.disk], logPath: machine.writeLogPaths(nameOf(index))[0]! },
        ...{
          ...log,
          tearUnitSectors: 8,
          uniformDraws: 20,
          ...(isMounted(trial) ? {} : { maxSingleLosses: 8 }),
          maxFailures: step === null ? Infinity : 1,
        },
      },
      trial.judge,
    );
    await running.onOutcome({ trial: trial.name, step, leftOut, ...found });
  }
}

async function makeMachine(
  variations: readonly Variation[],
  { folder, programPath, image, bases, running }: Place,
): Promise<Machine> {
  const workFolder = await mkdtemp(join(folder, 'machine-'));
  const disks = variations.map(({ trial }, index) => ({
    ...{ name: nameOf(index), path: bases[trial.disk], writeLog: true },
  }));
  const directBoot = {
    ...{ kernelPath: image.kernelPath, initramfsPath: image.initramfsPath },
    kernelArguments: image.kernelArguments.join(' '),
  };
  return await createMachine(
    {
      ...{ name: 'trial', memoryMiB: 768, directBoot },
      disks: [{ name: 'program', path: programPath }, ...disks],
    },
    { workFolder, runtimeFolder: workFolder, accelerator: 'tcg', timeoutScale: running.timeoutScale },
  );
}

function nameOf(index: number): string {
  return `disk-${index + 1}`;
}

/**
 * Nothing is written but when the core asks for it: what a power cut loses does not depend on how quick the host is. A disk that
 * has not written yet would have no share of the memory for what is to be written, and write at once.
 */
async function prepare(
  { console }: RunningMachine,
  variations: readonly Variation[],
  programBytes: number,
): Promise<void> {
  await console.run('echo 0 >/proc/sys/vm/dirty_writeback_centisecs');
  await console.run(`head -c ${programBytes} /dev/vda >/tmp/trial.cjs`, { timeoutMs: actMs });
  for (const [index, { trial }] of variations.entries()) {
    const device = deviceOf(index);
    await console.run(`cd /sys/block/${device} && echo 2 >queue/nomerges && echo 12 >bdi/min_ratio && cd /`);
    if (!isMounted(trial)) continue;
    const place = placeOf(trial, index);
    const mount = `mount ${trial.disk === 'ext4' ? ext4Flags : fatFlags} /dev/${device} ${place}`;
    await console.run(`mkdir -p ${place} && ${mount}`, { timeoutMs: actMs });
  }
}

function isMounted({ disk }: MachineTrial): boolean {
  return disk === 'ext4' || disk === 'mounted-fat';
}

function placeOf(trial: MachineTrial, index: number): string {
  return `${isMounted(trial) ? '/tmp' : '/dev'}/${deviceOf(index)}`;
}

async function actOut(on: RunningMachine, { trial, step }: Variation, index: number): Promise<Recorded> {
  const { console } = on;
  const fromBytes = await on.writeLogPosition(nameOf(index));
  const command = `node /tmp/trial.cjs ${trial.name} ${placeOf(trial, index)} ${step ?? '-'}`;
  const countIn = (text: string) => text.split('\n').filter((line) => line.startsWith('left out ')).length;
  let output = '';
  if (trial.end === 'returns') {
    output = (await console.run(command, { timeoutMs: actMs })).output;
  } else {
    // In the background: the end of the machine is no answer that a shell could give.
    await console.run(`setsid ${command} </dev/null >/dev/console 2>&1 &`);
    if (trial.end === 'off') await on.waitForPowerOff({ timeoutMs: actMs });
    else await console.expect(readyText, { timeoutMs: bootMs });
    output = console.tail(400).join('\n');
  }
  const acknowledgement = { position: await on.writeLogPosition(nameOf(index)), label: trial.name };
  return { leftOut: countIn(output), fromBytes, acknowledgements: [acknowledgement] };
}
