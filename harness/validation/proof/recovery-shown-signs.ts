import type { Machine, RunningMachine } from '../../../vm/index.ts';
import type { ReadySign } from '../profile/machine-profile.ts';

type ConsoleSign = Extract<ReadySign, { console: unknown }>;

/** So much of the console is looked at for a sign: more than any line that is worth waiting for. */
const windowCharacters = 16 * 1024;

/** Which of the signs a machine's console has shown since it started last, by power-on or by itself. */
export class ShownSigns {
  readonly #signs: readonly ConsoleSign[];
  readonly #shown = new Set<ConsoleSign>();
  #running: RunningMachine | undefined;
  #powerOns = 0;
  #starts = 0;
  #recent = '';

  /** Make it before the machine is switched on. */
  constructor(machine: Machine, ready: readonly ReadySign[]) {
    this.#signs = ready.filter((sign) => 'console' in sign);
    machine.accompany({ beforeFirstInstruction: async (running) => this.#listen(running) });
  }

  /** A number that grows with each start. */
  get starts(): number {
    const resets = this.#running?.qmpEvents.filter(({ event }) => event === 'RESET').length ?? 0;
    return this.#powerOns * 1_000_000 + resets;
  }

  has(sign: ConsoleSign): boolean {
    this.#forgetEarlierStarts();
    return this.#shown.has(sign);
  }

  #listen(running: RunningMachine): void {
    this.#running = running;
    this.#powerOns += 1;
    running.console.listen((text) => {
      this.#forgetEarlierStarts();
      this.#recent = (this.#recent + text).slice(-windowCharacters);
      for (const sign of this.#signs) if (isIn(this.#recent, sign.console)) this.#shown.add(sign);
    });
  }

  #forgetEarlierStarts(): void {
    const { starts } = this;
    if (starts === this.#starts) return;
    this.#starts = starts;
    this.#shown.clear();
    this.#recent = '';
  }
}

function isIn(text: string, pattern: string | RegExp): boolean {
  return typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text);
}
