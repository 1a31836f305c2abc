import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningMachine } from '../../../vm/index.ts';
import { SeededNumbers } from '../../faults/index.ts';
import type { FaultTarget } from '../fault-declaration.ts';
import type { Undo } from './while-on.ts';

/** What stands on the wire of a card while a fault goes on, and how much has met it. */
export interface NetworkFilter {
  begin: (running: RunningMachine) => Promise<Undo>;
  proof: () => string | undefined;
  happened: Promise<void>;
  /** Stops to look for frames, too. */
  stopWith: (end: Undo) => Undo;
}

const lookMs = 100;
/** Before the first frame in a file that QEMU dumps frames to (libpcap's format). */
const dumpHeaderBytes = 24;
let filterCount = 0;

/** QEMU's filter-redirector sends frames into a log, from which nobody takes them; switched on for a burst at a time. */
export function dropFrames(
  { seed, scratchFolder }: FaultTarget,
  { card, percent, burstMs }: { card: number; percent: number; burstMs: number },
): NetworkFilter {
  const counted = new CountedFrames(0, (bytes) => `${bytes} bytes of frames were taken off the wire`);
  return counted.filter(async (running) => {
    const id = newId('loss');
    const { qmp } = running;
    const logfile = counted.add(join(scratchFolder, `${id}.frames`));
    await qmp.execute('chardev-add', { id: `${id}-sink`, backend: { type: 'null', data: { logfile } } });
    const ends = { netdev: `net${card}`, queue: 'all', outdev: `${id}-sink` };
    const status = percent === 100 ? 'on' : 'off';
    await qmp.execute('object-add', { 'qom-type': 'filter-redirector', id, ...ends, status });
    const over = new AbortController();
    const switching =
      percent === 100 ? undefined : switchInBursts(running, id, { percent, burstMs, seed, over });
    // What goes wrong while nobody waits for it is told at the end.
    switching?.catch(() => undefined);
    return async () => {
      over.abort();
      await switching;
      await qmp.execute('object-del', { id });
      await qmp.execute('chardev-remove', { id: `${id}-sink` });
    };
  });
}

async function switchInBursts(
  running: RunningMachine,
  id: string,
  how: { percent: number; burstMs: number; seed: string; over: AbortController },
): Promise<void> {
  const numbers = new SeededNumbers(how.seed);
  const { signal } = how.over;
  const set = async (value: 'on' | 'off') =>
    await running.qmp.execute('qom-set', { path: `/objects/${id}`, property: 'status', value });
  const pause = async (ms: number) =>
    await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
  try {
    while (!signal.aborted && running.isOn) {
      const lossMs = 1 + numbers.below(how.burstMs);
      await set('on');
      await pause(lossMs);
      await set('off');
      await pause((lossMs * (100 - how.percent)) / how.percent);
    }
  } catch (error) {
    if (running.isOn) throw error;
  }
}

/** QEMU's filter-buffer holds frames and lets them go together, so many times a second; beside it they are counted. */
export function holdFrames(
  { scratchFolder }: FaultTarget,
  { card, delayMs }: { card: number; delayMs: number },
): NetworkFilter {
  const counted = new CountedFrames(
    dumpHeaderBytes,
    (bytes) => `frames were held: ${bytes} bytes in the dump of those that passed`,
  );
  return counted.filter(async ({ qmp }) => {
    const id = newId('hold');
    const file = counted.add(join(scratchFolder, `${id}.pcap`));
    const ends = { netdev: `net${card}`, queue: 'all' };
    const dump = { 'qom-type': 'filter-dump', id: `${id}-dump`, netdev: ends.netdev, file, maxlen: 64 };
    const buffer = { 'qom-type': 'filter-buffer', id, ...ends, interval: delayMs * 1000 };
    await qmp.execute('object-add', buffer);
    await qmp.execute('object-add', dump);
    return async () => {
      await qmp.execute('object-del', { id: `${id}-dump` });
      await qmp.execute('object-del', { id });
    };
  });
}

/** Looks at the files into which frames go, one for each power-on. */
class CountedFrames {
  readonly #headerBytes: number;
  readonly #sentence: (bytes: number) => string;
  readonly #paths: string[] = [];

  constructor(headerBytes: number, sentence: (bytes: number) => string) {
    this.#headerBytes = headerBytes;
    this.#sentence = sentence;
  }

  add(path: string): string {
    this.#paths.push(path);
    return path;
  }

  filter(begin: NetworkFilter['begin']): NetworkFilter {
    const { promise, resolve } = Promise.withResolvers<void>();
    const proof = () => {
      const bytes = this.#bytes();
      return bytes === 0 ? undefined : this.#sentence(bytes);
    };
    const looking = setInterval(() => {
      if (proof() === undefined) return;
      clearInterval(looking);
      resolve();
    }, lookMs).unref();
    const stopWith = (end: Undo) => async () => {
      clearInterval(looking);
      await end();
    };
    return { begin, proof, happened: promise, stopWith };
  }

  #bytes(): number {
    const sizes = this.#paths.map((path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
    return sizes.reduce((sum, size) => sum + Math.max(0, size - this.#headerBytes), 0);
  }
}

function newId(kind: string): string {
  filterCount += 1;
  return `${kind}-${filterCount}`;
}
