import type { RunningMachine } from '../../vm/index.ts';
import type { DrillSubject } from './drill-subject.ts';

/** So much of the console is looked at for a match: more than any line that says a refusal. */
const windowCharacters = 16 * 1024;

/**
 * Looks for a refusal on the consoles of a drill's subjects, from each power-on of theirs anew. What a machine shows before a fault
 * has come to it is none: a pattern that fits an ordinary start, too, would make a refusal of a machine that hangs.
 */
export class RefusalWatch {
  readonly #pattern: RegExp;
  readonly #isHit: (subject: DrillSubject) => boolean;
  readonly #shown = new Map<string, string>();

  /** @param isHit Whether the moment of a fault for this machine has come. */
  constructor(pattern: RegExp, isHit: (subject: DrillSubject) => boolean) {
    this.#pattern = pattern;
    this.#isHit = isHit;
  }

  /** Call it before the machine is switched on. */
  offer(subject: DrillSubject): void {
    subject.machine.accompany({ beforeFirstInstruction: async (running) => this.#look(subject, running) });
  }

  /** What a machine has shown of it since it was switched on last, and since a fault has come to it. */
  shownBy(machine: string): string | undefined {
    return this.#shown.get(machine);
  }

  /** It has to show it anew. */
  forget(machine: string): void {
    this.#shown.delete(machine);
  }

  #look(subject: DrillSubject, running: RunningMachine): void {
    const { name } = subject.machine;
    this.forget(name);
    let recent = '';
    const silence = running.console.listen((text) => {
      if (!this.#isHit(subject)) return;
      recent = (recent + text).slice(-windowCharacters);
      const [found] = this.#pattern.exec(recent) ?? [];
      if (found === undefined) return;
      this.#shown.set(name, found);
      silence();
    });
  }
}
