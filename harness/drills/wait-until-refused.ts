import { setTimeout as delay } from 'node:timers/promises';
import { AssayError } from '../../foundation/index.ts';
import type { Bench } from '../bench.ts';
import { claims } from './claims.ts';
import type { DrillSubject } from './drill-subject.ts';
import { drillsErrors } from './errors.ts';
import type { RefusalWatch } from './refusal-watch.ts';
import { type RightfulEnd, rightfulEndText } from './rightful-end.ts';
import { isMachineGone } from './wait-until-well.ts';

/** A refusal that is none is found out by then: the machine goes on, and becomes well. Before the time-out scale. */
const holdsMs = 20_000;
const pollMs = 100;
const askAgainMs = 1_000;

/** How long is waited, in milliseconds before the time-out scale. */
interface RefusalTimes {
  /** For the refusal. */
  withinMs: number;
  /** After it. */
  holdsMs?: number;
}

/**
 * Waits until a machine refuses to work, where that is its rightful end: its console shows it since its last power-on and its first
 * fault, and it does not become well after all. One that is off is switched on first; one that goes off after its refusal has refused.
 *
 * @throws DRILLS_WELL_INSTEAD, DRILLS_NOT_REFUSED; what it claims and is not true; what else went wrong.
 */
export async function waitUntilRefused(
  subject: DrillSubject,
  ends: RightfulEnd,
  watch: RefusalWatch,
  bench: Bench,
  times: RefusalTimes,
): Promise<void> {
  const { name } = subject.machine;
  const sentence = `${name} refuses to work, as it should`;
  const over = new AbortController();
  const signal = AbortSignal.any([bench.signal, over.signal]);
  const wait = async () => {
    // Whoever went off after a refusal is switched on again, and has to refuse then, too.
    if (!subject.machine.isOn) watch.forget(name);
    let isWell = false;
    let trouble: unknown;
    becomesWellAtLast(subject, signal).then(
      () => {
        isWell = true;
      },
      (error) => {
        if (!signal.aborted) trouble = error;
      },
    );
    const until = async (limitMs: number, isOver: () => boolean) => {
      const endMs = performance.now() + limitMs * bench.timeoutScale;
      while (!isOver() && !isWell && trouble === undefined && performance.now() < endMs) {
        await delay(pollMs, undefined, { signal: bench.signal });
      }
      if (trouble !== undefined) throw trouble;
      if (isWell) throw wellInstead(name, ends, watch.shownBy(name));
    };
    await until(times.withinMs, () => watch.shownBy(name) !== undefined);
    const shown = watch.shownBy(name);
    if (shown === undefined) throw notRefused(name, ends, times.withinMs * bench.timeoutScale);
    bench.note(`${name} has refused: ${shown}`);
    await until(times.holdsMs ?? holdsMs, () => !subject.machine.isOn);
  };
  try {
    await bench.step(sentence, wait, { category: 'boot', machine: name });
  } finally {
    over.abort();
  }
}

/** Resolves when it is well. What says that it is not yet is asked again, as long as the machine is on; never ends else. */
async function becomesWellAtLast(subject: DrillSubject, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      return await subject.becomesWell(signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!saysNotWell(error)) throw error;
    }
    do await delay(askAgainMs, undefined, { signal });
    while (!subject.machine.isOn);
  }
}

/** A claim that is not true is none of them: it says that the machine holds itself to be well. */
function saysNotWell(error: unknown): boolean {
  if (!(error instanceof AssayError) || claims.includes(error.code)) return false;
  return error.blame === 'product' || isMachineGone(error);
}

function wellInstead(name: string, ends: RightfulEnd, shown: string | undefined): Error {
  return drillsErrors.DRILLS_WELL_INSTEAD({
    tried: `wait until machine ${name} refuses to work`,
    expected: rightfulEndText(ends),
    got: shown === undefined ? 'it is well' : `it is well, after it had shown: ${shown}`,
  });
}

function notRefused(name: string, ends: RightfulEnd, limitMs: number): Error {
  return drillsErrors.DRILLS_NOT_REFUSED({
    tried: `wait until machine ${name} refuses to work`,
    expected: `${rightfulEndText(ends)} within ${limitMs / 1000} s`,
    got: 'neither that nor a machine that is well',
  });
}
