import type { Machine, MachineCompanion } from '../../vm/index.ts';
import type { Moment } from '../drills/moment.ts';
import { momentCompanion } from '../drills/moment-watch.ts';
import { explorerErrors } from './errors.ts';
import type { Span } from './span.ts';

interface SpanListener {
  /** Whether the machine is on. */
  isOn: () => boolean;
  begin: () => void;
  end: () => void;
}

interface Surroundings {
  machine: Machine;
  signal: AbortSignal;
  scratchFolder: string;
}

/** Knows whether the scenario is in the span; it is there once, from the first time that it begins. */
export class SpanWatch {
  readonly #span: Span;
  readonly #listener: SpanListener;
  #state: 'before' | 'open' | 'over';
  #powerOn = 0;
  #begunIn = 0;

  constructor(span: Span, listener: SpanListener) {
    this.#span = span;
    this.#listener = listener;
    this.#state = span.during === undefined && span.from === undefined ? 'open' : 'before';
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  get isOver(): boolean {
    return this.#state === 'over';
  }

  /** Runs a step of the scenario. */
  async aroundStep<Result>(sentence: string, action: () => Promise<Result>): Promise<Result> {
    const { during, from, to } = this.#span;
    if (to?.kind === 'step' && to.pattern.test(sentence)) this.#end();
    if (from?.kind === 'step' && from.pattern.test(sentence)) this.#begin();
    if (during === undefined || this.#state !== 'before' || !during.test(sentence)) return await action();
    this.#begin();
    try {
      return await action();
    } finally {
      this.#end();
    }
  }

  /** What goes with the machine; to be asked after the recorder's own companion. */
  companions(around: Surroundings): MachineCompanion[] {
    const { from, to } = this.#span;
    return [
      {
        beforePowerOn: async (number) => {
          this.#powerOn = number;
        },
      },
      ...this.#watching(from, around, () => this.#begin()),
      ...this.#watching(to, around, () => this.#end()),
    ];
  }

  /** Without another end, a span that has a beginning ends with its power-on. */
  cycleEnded(powerOn: number): void {
    const { from, to } = this.#span;
    if (from !== undefined && to === undefined && this.isOpen && powerOn >= this.#begunIn) this.#end();
  }

  #watching(moment: Moment | undefined, around: Surroundings, onMoment: () => void): MachineCompanion[] {
    if (moment === undefined || moment.kind === 'step') return [];
    const diskNamed = async () => {
      throw explorerErrors.EXPLORER_NO_DISK({ tried: 'count the writes to a disk' });
    };
    const onError = () => undefined;
    return [momentCompanion(moment, { ...around, diskNamed, onMoment: async () => onMoment(), onError })];
  }

  #begin(): void {
    if (this.#state !== 'before') return;
    this.#state = 'open';
    const isBefore = this.#span.from?.kind !== 'power-on' && !this.#listener.isOn();
    this.#begunIn = this.#powerOn + Number(isBefore);
    this.#listener.begin();
  }

  #end(): void {
    if (this.#state !== 'open') return;
    this.#listener.end();
    this.#state = 'over';
  }
}
