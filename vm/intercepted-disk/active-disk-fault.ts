import { setMaxListeners } from 'node:events';
import type { ResolvedDiskFault } from './disk-fault.ts';
import { type DiskRequest, groupOf } from './disk-request.ts';
import { touches } from './write-places.ts';

/** A fault that a disk has now, and the proof of what it did. */
export class ActiveDiskFault {
  readonly fault: ResolvedDiskFault;
  /** Resolves when it affects its first request; never, when it affects none. */
  readonly happened: Promise<void>;
  readonly #resolveHappened: () => void;
  readonly #stopping = new AbortController();
  #affected = 0;
  #firstSentence: string | undefined;

  /** @internal */
  constructor(fault: ResolvedDiskFault) {
    this.fault = fault;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.happened = promise;
    this.#resolveHappened = resolve;
    // Any number of requests may wait for it.
    setMaxListeners(0, this.#stopping.signal);
  }

  /** How many requests it has really changed, refused or held. */
  get affected(): number {
    return this.#affected;
  }

  /** Whether it can affect a request still: it was not stopped, and its `times` are not used up. */
  get isActive(): boolean {
    const times = 'times' in this.fault ? this.fault.times : undefined;
    return !this.stopped.aborted && (times === undefined || this.#affected < times);
  }

  /**
   * A sentence on the first request that it affected: its number and sectors, and hashes of what was there and what
   * came instead, or the error. Undefined when it affected none: then the fault was declared and not injected.
   */
  evidence(): string | undefined {
    if (this.#firstSentence === undefined) return undefined;
    const others = this.#affected - 1;
    return `${this.#firstSentence}${others > 0 ? `, and ${others} more ${others === 1 ? 'request' : 'requests'}` : ''}`;
  }

  /** The disk is as it was; requests that were held go on. */
  stop(): void {
    this.#stopping.abort();
  }

  /** @internal */
  get stopped(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Whether it affects this request. @internal */
  concerns(request: DiskRequest): boolean {
    if (!this.isActive) return false;
    const group = groupOf(request);
    const { fault } = this;
    switch (fault.kind) {
      case 'error':
        return fault.of === group && touches(request, fault.sectors);
      case 'hang':
        // A flush has no place: sectors that are named exclude it.
        if (group === 'flush' && fault.sectors !== undefined) return false;
        return (fault.of === undefined || fault.of === group) && touches(request, fault.sectors);
      case 'corrupt-reads':
        return group === 'read' && touches(request, fault.sectors);
      case 'drop-writes':
      case 'misdirect-writes':
        return group === 'write' && touches(request, fault.sectors);
      case 'slow':
      case 'gone':
        return true;
    }
  }

  /** It has affected one request more; `sentence` is asked for the first one only. @internal */
  note(sentence: () => string): void {
    this.#affected += 1;
    this.#firstSentence ??= sentence();
    this.#resolveHappened();
  }
}
