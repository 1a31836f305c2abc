import type { LogStream } from '../console/log-stream.ts';
import type { QmpClient } from '../qmp-client.ts';

/**
 * A guest whose time is virtual stands still while the harness thinks: from the answer to one wait on its consoles to
 * the next wait, or to the next command to QEMU. An idle guest would live through half an hour in each second of it.
 * Whoever waits for something else than a console finds the guest going on after a second.
 */
export class ThinkingPause {
  readonly #qmp: QmpClient;
  #waiting = 0;
  #isStanding = false;
  /** Somebody else has stopped the guest, for a checkpoint or as a fault: it is theirs to let it go on. */
  #isHeld = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(qmp: QmpClient, streams: readonly LogStream[]) {
    this.#qmp = qmp;
    qmp.around = async (name, _arguments, run) => {
      this.#goOn();
      if (name === 'stop' || name === 'cont') this.#isHeld = name === 'stop';
      return await run();
    };
    // They come with every answer and say nothing of the machine.
    qmp.unheard = ['STOP', 'RESUME'];
    for (const stream of streams) {
      stream.on('waiting', (isWaiting: boolean) => this.#noteWaiting(isWaiting));
      // What is typed without waiting for an answer is read by a guest that runs.
      stream.pace = async (bytes, write) => {
        this.#goOn();
        await write(bytes);
      };
    }
  }

  #noteWaiting(isWaiting: boolean): void {
    this.#waiting += isWaiting ? 1 : -1;
    if (isWaiting) this.#goOn();
    else if (this.#waiting === 0) this.#stand();
  }

  #stand(): void {
    if (this.#isStanding || this.#isHeld) return;
    this.#isStanding = true;
    this.#command('stop');
    this.#timer = setTimeout(() => this.#goOn(), longestThoughtMs).unref();
  }

  #goOn(): void {
    clearTimeout(this.#timer);
    if (!this.#isStanding) return;
    this.#isStanding = false;
    this.#command('cont');
  }

  /** QEMU does one command after the other: nobody has to wait for the answer. A machine that is off says so itself. */
  #command(name: 'stop' | 'cont'): void {
    this.#qmp.executeAtOnce(name).catch(() => undefined);
  }
}

const longestThoughtMs = 1_000;
