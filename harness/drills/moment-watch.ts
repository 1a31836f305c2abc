import { setTimeout as delay } from 'node:timers/promises';
import type { Machine, MachineCompanion, RunningMachine } from '../../vm/index.ts';
import { sectorsOf } from './catalogue/sectors-of.ts';
import type { FaultTargetDisk } from './fault-declaration.ts';
import type { Moment } from './moment.ts';

/** So much of the console is looked at for a match: more than any line that is worth waiting for. */
const windowCharacters = 16 * 1024;
const clockPollMs = 250;

/** What a moment is waited for with. */
export interface MomentPlace {
  machine: Machine;
  /** A disk of the machine, for a moment that is at a write. */
  diskNamed: (name: string) => Promise<FaultTargetDisk>;
  scratchFolder: string;
  signal: AbortSignal;
  /** Called each time that the moment comes. */
  onMoment: () => Promise<void>;
  /** Is told what went wrong while the moment was waited for. */
  onError: (error: unknown) => void;
}

/** Waits for a moment of a machine, over all its power-ons; steps of the scenario are the drill's own affair. */
export function momentCompanion(moment: Moment, place: MomentPlace): MachineCompanion {
  switch (moment.kind) {
    case 'step':
      return {};
    case 'power-on':
      return {
        beforePowerOn: async (number) => {
          if (number === moment.number) await place.onMoment();
        },
      };
    case 'console':
      return { beforeFirstInstruction: async (running) => watchConsole(running, moment.pattern, place) };
    case 'time':
      return {
        beforeFirstInstruction: async (running) => {
          void waitFor(running, moment.afterMs, place).catch(place.onError);
        },
      };
    case 'write':
    case 'in-write':
      return { beforeFirstInstruction: async (running) => watchWrites(running, moment, place) };
  }
}

function watchConsole(running: RunningMachine, pattern: RegExp, place: MomentPlace): void {
  let recent = '';
  const silence = running.console.listen((text) => {
    recent = (recent + text).slice(-windowCharacters);
    if (!pattern.test(recent)) return;
    silence();
    place.onMoment().catch(place.onError);
  });
}

async function waitFor(
  running: RunningMachine,
  afterMs: number,
  { machine, signal, onMoment }: MomentPlace,
): Promise<void> {
  const over = AbortSignal.any([signal, endOf(running)]);
  if (!machine.spec.virtualTime) {
    await delay(afterMs, undefined, { signal: over, ref: false }).catch(() => undefined);
  } else {
    const startMs = await guestClockMs(running);
    while (!over.aborted && (await guestClockMs(running)) - startMs < afterMs)
      await delay(clockPollMs, undefined, { ref: false });
  }
  if (!over.aborted) await onMoment();
}

function endOf(running: RunningMachine): AbortSignal {
  const ended = new AbortController();
  void running.ended.then(() => ended.abort());
  return ended.signal;
}

/** The machine's real-time clock, which goes with its own time; to the second. */
async function guestClockMs(running: RunningMachine): Promise<number> {
  const time = await running.qmp.execute<Record<string, number>>('qom-get', {
    path: '/machine',
    property: 'rtc-time',
  });
  const { tm_year = 0, tm_mon = 0, tm_mday = 1, tm_hour = 0, tm_min = 0, tm_sec = 0 } = time;
  return Date.UTC(1900 + tm_year, tm_mon, tm_mday, tm_hour, tm_min, tm_sec);
}

async function watchWrites(
  running: RunningMachine,
  moment: Extract<Moment, { kind: 'write' | 'in-write' }>,
  { machine, diskNamed, scratchFolder, onMoment, onError }: MomentPlace,
): Promise<void> {
  const { number, partition } = moment;
  const place =
    partition === undefined
      ? {}
      : { sectors: await sectorsNamed(await diskNamed(moment.disk), partition, scratchFolder) };
  const when = moment.kind === 'write' ? ('before' as const) : ('middle' as const);
  const watched = machine.disk(moment.disk).atWrite({ number, when, ...place }, async () => {
    await onMoment().catch(onError);
  });
  // Whoever pulls the plug in a write ends what would have gone on with it.
  watched.finished.catch(() => undefined);
  void running.ended.then(() => watched.cancel());
}

async function sectorsNamed(disk: FaultTargetDisk, partition: string, scratchFolder: string) {
  const which = /^\d+$/.test(partition) ? Number(partition) : partition;
  const { firstSector, sectorCount } = await sectorsOf(disk, which, scratchFolder);
  return { first: firstSector, count: sectorCount };
}
