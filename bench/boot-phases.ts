import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningMachine } from '../vm/index.ts';
import { benchErrors } from './errors.ts';
import { median } from './statistics.ts';

/** One part of a boot: what goes on in it, and how long. */
export interface BootPhase {
  name: string;
  tookMs: number;
}

export interface MeasuredBoot {
  /** Of the power-on, on the clock of performance.now(). */
  startMs: number;
  tookMs: number;
  /** Where the machine's recording lies. */
  machineFolder: string;
}

/** The moments that end the phases, in order; milliseconds since power-on. */
interface BootMoments {
  masterBootRecord: number;
  kernel: number;
  init: number;
  root: number;
  appliance: number;
  ready: number;
  believed: number;
}

const ticksPerSecond = 100;

/**
 * Says where the time of a boot went that has just been measured. The console's recording tells when lines came; the
 * kernel's log and the start times of processes, asked for afterwards, tell what nothing prints. So what is measured
 * is not disturbed; where the guest's clock is set against the host's, 10 to 50 ms are uncertain.
 *
 * @throws BENCH_NOT_MEASURED when a moment is missing.
 */
export async function readBootPhases(running: RunningMachine, boot: MeasuredBoot): Promise<BootPhase[]> {
  const guest = await readGuestTimes(running, boot.startMs);
  const recording = parseRecording(await readFile(join(boot.machineFolder, 'console.cast'), 'utf8'));
  return phasesOf({
    masterBootRecord: timeOfText(recording, 'ASSAY MBR'),
    ...guest,
    ready: timeOfText(recording, 'ASSAY READY'),
    believed: boot.tookMs,
  });
}

/** The medians of each phase over several boots, with its share of the whole. */
export function medianPhases(boots: readonly BootPhase[][]): (BootPhase & { share: number })[] {
  const [first = []] = boots;
  const medians = first.map(({ name }, index) => ({
    name,
    tookMs: median(boots.map((phases) => phases[index]!.tookMs)),
  }));
  const totalMs = medians.reduce((sum, { tookMs }) => sum + tookMs, 0);
  return medians.map((phase) => ({ ...phase, share: phase.tookMs / totalMs }));
}

export function phasesOf(moments: BootMoments): BootPhase[] {
  const ends: [string, number][] = [
    ['QEMU and firmware, to the master boot record', moments.masterBootRecord],
    ['syslinux reads kernel and initramfs, the kernel unpacks itself', moments.kernel],
    ['kernel, to its first program', moments.init],
    ['initramfs, to the mounted root', moments.root],
    ["the root's init, to the appliance's process", moments.appliance],
    ['Node and the core, to the ready line', moments.ready],
    ['page, status and SQL answer over TCP', moments.believed],
  ];
  return ends.map(([name, endMs], index) => ({
    name,
    tookMs: endMs - (ends[index - 1]?.[1] ?? 0),
  }));
}

/** The guest's own moments, moved to the host's clock by asking for the guest's uptime. */
async function readGuestTimes(running: RunningMachine, startMs: number) {
  const ask = async (command: string) => (await running.console.run(command)).output;
  await ask('true');
  const askedMs = performance.now();
  const uptimeSeconds = Number((await ask('cat /proc/uptime')).split(' ')[0]);
  const answeredMs = performance.now();
  const zeroMs = (askedMs + answeredMs) / 2 - uptimeSeconds * 1000 - startMs;
  // Not the whole log: its first line looks like a guest that starts anew, and the console would take it for one.
  const log = await ask("dmesg | grep -E 'Run /init|EXT4-fs'");
  const statistics = await ask(
    "for f in $(grep -l 'applianc[e].cjs' /proc/[0-9]*/cmdline); do cat $(dirname $f)/stat; done",
  );
  return {
    kernel: zeroMs,
    init: zeroMs + kernelTime(log, /Run \/init as init process/) * 1000,
    root: zeroMs + kernelTime(log, /EXT4-fs \([^)]*\): mounted filesystem/) * 1000,
    appliance: zeroMs + earliestStart(statistics) * 1000,
  };
}

function kernelTime(log: string, pattern: RegExp): number {
  const line = log.split('\n').find((candidate) => pattern.test(candidate)) ?? '';
  const seconds = Number(/^\[ *([\d.]+)\]/.exec(line)?.[1]);
  if (Number.isFinite(seconds)) return seconds;
  throw benchErrors.BENCH_NOT_MEASURED({
    tried: 'find a line of the kernel',
    expected: String(pattern),
    got: log,
  });
}

/** Field 22 of `/proc/N/stat`, in ticks since the start (proc(5)); the name in field 2 may hold spaces. */
function earliestStart(statistics: string): number {
  const starts = statistics
    .split('\n')
    .filter((line) => line.includes(')'))
    .map((line) => Number(line.slice(line.lastIndexOf(')') + 2).split(' ')[19]) / ticksPerSecond);
  if (starts.length > 0) return Math.min(...starts);
  throw benchErrors.BENCH_NOT_MEASURED({ tried: "find the appliance's process", got: statistics });
}

/** Output events of an asciicast v2 file: seconds since the recording began, which it does at power-on, and text. */
export function parseRecording(text: string): [number, string][] {
  const events = text
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as [number, string, string]);
  return events.filter(([, code]) => code === 'o').map(([seconds, , data]) => [seconds, data]);
}

/** When a text was complete, in milliseconds; it may lie in several events. @throws BENCH_NOT_MEASURED */
export function timeOfText(recording: readonly [number, string][], text: string): number {
  let seen = '';
  for (const [seconds, data] of recording) {
    seen += data;
    if (seen.includes(text)) return seconds * 1000;
  }
  throw benchErrors.BENCH_NOT_MEASURED({ tried: 'find a text in a recording', expected: text });
}
