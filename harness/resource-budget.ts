import { availableParallelism } from 'node:os';
import { harnessErrors } from './errors.ts';
import { availableMemoryMiB } from './host-memory.ts';
import type { ScenarioNeeds } from './scenario.ts';

type Needs = Pick<Required<ScenarioNeeds>, 'memoryMiB' | 'cpus'>;

interface Waiting {
  needs: Needs;
  grant: () => void;
  refuse: (error: Error) => void;
}

/** Left to the host and to the runner itself. */
const reserveMiB = 512;

/**
 * Memory and cores that scenarios share. Whoever asks first is served first, so that a large scenario is not
 * starved by small ones; a scenario that can never fit is refused at once.
 */
export class ResourceBudget {
  readonly #totalMiB: number;
  readonly #totalCpus: number;
  readonly #freeNowMiB: () => number;
  readonly #queue: Waiting[] = [];
  #usedMiB = 0;
  #usedCpus = 0;
  #running = 0;

  /** @param jobs Where the user allows more scenarios at once than there are cores, cores do not hold them back. */
  constructor(jobs: number, freeNowMiB: () => number = () => availableMemoryMiB() - reserveMiB) {
    this.#totalMiB = freeNowMiB();
    this.#totalCpus = Math.max(jobs, availableParallelism());
    this.#freeNowMiB = freeNowMiB;
  }

  /**
   * Waits until the needs can be met, and takes them; disposing of the result gives them back.
   *
   * @throws HARNESS_MEMORY_SHORT when the host does not have the memory even with nothing else running;
   * the signal's reason when it aborts while waiting.
   */
  async reserve(needs: Needs, signal: AbortSignal): Promise<Disposable> {
    signal.throwIfAborted();
    const capped = { ...needs, cpus: Math.min(needs.cpus, this.#totalCpus) };
    const turn = Promise.withResolvers<void>();
    const waiting: Waiting = { needs: capped, grant: turn.resolve, refuse: turn.reject };
    const onAbort = () => {
      const place = this.#queue.indexOf(waiting);
      if (place === -1) return;
      this.#queue.splice(place, 1);
      turn.reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    this.#queue.push(waiting);
    this.#serve();
    await turn.promise.finally(() => signal.removeEventListener('abort', onAbort));
    return { [Symbol.dispose]: () => this.#giveBack(capped) };
  }

  #serve(): void {
    for (let first = this.#queue[0]; first; first = this.#queue[0]) {
      const { needs } = first;
      const fits = needs.memoryMiB <= this.#totalMiB - this.#usedMiB && needs.memoryMiB <= this.#freeNowMiB();
      if (fits && needs.cpus <= this.#totalCpus - this.#usedCpus) {
        this.#usedMiB += needs.memoryMiB;
        this.#usedCpus += needs.cpus;
        this.#running += 1;
        first.grant();
      } else if (this.#running === 0) {
        first.refuse(this.#short(needs));
      } else {
        return;
      }
      this.#queue.shift();
    }
  }

  #short(needs: Needs): Error {
    return harnessErrors.HARNESS_MEMORY_SHORT({
      tried: 'start the scenario with nothing else running',
      expected: `${needs.memoryMiB} MiB of free memory`,
      got: `${Math.max(0, Math.min(this.#totalMiB, this.#freeNowMiB()))} MiB, ${reserveMiB} MiB left to the host`,
    });
  }

  #giveBack(needs: Needs): void {
    this.#usedMiB -= needs.memoryMiB;
    this.#usedCpus -= needs.cpus;
    this.#running -= 1;
    this.#serve();
  }
}
