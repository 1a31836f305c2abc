import { setTimeout as delay } from 'node:timers/promises';
import { AssayError, Deadline } from '../../../foundation/index.ts';
import type { Machine, RunningMachine } from '../../../vm/index.ts';
import type { Bench } from '../../bench.ts';
import { validationErrors } from '../errors.ts';
import type { ProofProfile } from './clone-hardware.ts';
import { describeSign, seeSign } from './ready-signs.ts';
import { ShownSigns } from './recovery-shown-signs.ts';
import { shellOf } from './start-appliance.ts';

const pollMs = 250;
/** So long one sign is waited for before all are looked at anew: the machine may have started anew meanwhile. Before the time-out scale. */
const roundMs = 60_000;
/** Who reads the console answers Return by then. Before the time-out scale. */
const answerMs = 10_000;
/** What is missing is said before whoever waits for the machine gives up. */
const partOfLimit = 0.95;

/**
 * Says when a clone that was damaged is ready again, whatever it does on its way: it may panic, hang until its watchdog bites, and start anew.
 */
export class CloneReadiness {
  readonly #machine: Machine;
  readonly #profile: ProofProfile;
  readonly #bench: Bench;
  readonly #limitMs: number;
  readonly #shown: ShownSigns;

  /**
   * Make it before the machine is switched on.
   *
   * @param limitMs What whoever asks waits for, before the time-out scale.
   */
  constructor(machine: Machine, profile: ProofProfile, bench: Bench, limitMs: number) {
    this.#machine = machine;
    this.#profile = profile;
    this.#bench = bench;
    this.#limitMs = limitMs;
    this.#shown = new ShownSigns(machine, profile.ready);
  }

  /**
   * Returns when it is ready: one that is off is switched on, one that is on has to get there by itself.
   *
   * @throws VALIDATION_NOT_READY when it goes off, or is not ready by the limit; VM_MACHINE_STALLED where the host has kept it from being; the signal's
   * reason.
   */
  async becomesReady(signal: AbortSignal): Promise<void> {
    const machine = this.#machine;
    const deadline = Deadline.after(this.#limitMs * partOfLimit * this.#bench.timeoutScale);
    const sinceMs = performance.now();
    const running = machine.isOn ? machine.running! : await machine.powerOn();
    for (;;) {
      const starts = this.#shown.starts;
      const missing = await this.#missing(running, deadline, signal);
      if (missing === undefined && running.isOn && this.#shown.starts === starts) return;
      if (!running.isOn) throw this.#notReady('that it stays on', 'it has gone off');
      if (deadline.expired) {
        const excuse = await running.console.diagnose(sinceMs);
        throw excuse ?? this.#notReady(missing ?? 'that it does not start anew', 'not in time');
      }
      await delay(pollMs, undefined, { signal });
    }
  }

  /** The first sign that it does not show, in words. */
  async #missing(
    running: RunningMachine,
    deadline: Deadline,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { ready, limits, console } = this.#profile;
    const scale = this.#bench.timeoutScale;
    for (const sign of ready) {
      if ('console' in sign) {
        if (this.#shown.has(sign)) continue;
        return describeSign(sign);
      }
      const round = Deadline.after(Math.min(roundMs * scale, deadline.remainingMs));
      const shell = async () => await shellOf(running, this.#profile, { limitMs: round.remainingMs / scale });
      const wait = { running, deadline: round, signal, commandMs: limits.command, shell };
      const kept = await seeSign(sign, { ...wait, panic: 'is-noted' }).catch((error) => {
        signal.throwIfAborted();
        return notYet(error, running);
      });
      if (kept !== undefined) return `${describeSign(sign)}: ${kept}`;
    }
    const isAsked = ready.some((sign) => !('console' in sign));
    if (isAsked || console === undefined || (await this.#answers(running, signal))) return undefined;
    return 'that its console answers Return';
  }

  /** A line that was shown once is shown by a machine that hangs, too. */
  async #answers({ console }: RunningMachine, signal: AbortSignal): Promise<boolean> {
    const before = console.receivedBytes;
    const deadline = Deadline.after(answerMs * this.#bench.timeoutScale);
    await console.sendLine().catch(() => undefined);
    while (!deadline.expired && console.receivedBytes === before) {
      await delay(pollMs, undefined, { signal });
    }
    return console.receivedBytes > before;
  }

  #notReady(expected: string, got: string): Error {
    const tried = `wait until ${this.#machine.name} is ready again`;
    const tail = this.#machine.running?.console.tail(15) ?? [];
    return validationErrors.VALIDATION_NOT_READY({
      tried,
      expected,
      got: [got, 'the last lines:', ...tail].join('\n'),
    });
  }
}

/** A machine that starts anew, or that has gone off, cannot be asked at this moment. */
function notYet(error: unknown, running: RunningMachine): string {
  const isProduct = error instanceof AssayError && error.blame === 'product';
  if (isProduct || !running.isOn) return error instanceof Error ? error.message : String(error);
  throw error;
}
