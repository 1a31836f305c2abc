import type { Bench } from '../../bench.ts';
import { validationErrors } from '../errors.ts';

/** So much of the console is looked at for a match: more than any line that says a recovery. */
const windowCharacters = 16 * 1024;

/** Looks for what a claim says that the console shows of the recovery; what it shows before the first fault does not count. */
export class RecoveryWatch {
  readonly #pattern: RegExp;
  #isHit = false;
  #recent = '';
  #shown: string | undefined;

  constructor(pattern: RegExp) {
    this.#pattern = pattern;
  }

  /** The bench of a drill, with this watch on its machines and its faults. */
  on(bench: Bench): Bench {
    return {
      ...bench,
      machine: async (spec) => {
        const machine = await bench.machine(spec);
        machine.accompany({
          beforeFirstInstruction: async ({ console }) => {
            this.#recent = '';
            console.listen((text) => this.#look(text));
          },
        });
        return machine;
      },
      step: (sentence, action, options) => {
        // The injection of a fault is a step of its machine.
        if (options?.category === 'fault' && options.machine !== undefined) this.#isHit = true;
        return bench.step(sentence, action, options);
      },
    };
  }

  /** @throws VALIDATION_RECOVERY_NOT_SHOWN */
  assertShown({ note }: Pick<Bench, 'note'>): void {
    if (this.#shown !== undefined) {
      note(`the console has shown of the recovery: ${this.#shown}`);
      return;
    }
    throw validationErrors.VALIDATION_RECOVERY_NOT_SHOWN({
      tried: 'look for what the console shows of the recovery',
      expected: String(this.#pattern),
      got: 'nothing like it since the fault',
    });
  }

  #look(text: string): void {
    if (!this.#isHit || this.#shown !== undefined) return;
    this.#recent = (this.#recent + text).slice(-windowCharacters);
    this.#shown = this.#pattern.exec(this.#recent)?.[0];
  }
}
