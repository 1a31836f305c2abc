import { z } from 'zod';
import { sectorBytes } from '../../foundation/index.ts';
import type { DiskRequest } from './disk-request.ts';
import { untilAborted } from './until-aborted.ts';
import { type SectorRange, touches } from './write-places.ts';

export const writeMomentSchema = z
  .strictObject({
    /** Since power on, from 1: of all writes, or of those that touch the sectors. */
    number: z.int().min(1),
    sectors: z.strictObject({ first: z.int().nonnegative(), count: z.int().min(1) }).optional(),
    /** Nothing of it is made yet; all of it is and it is not acknowledged; or only its first sectors are. */
    when: z.enum(['before', 'middle', 'after']).default('before'),
    /** In the middle: how many of its sectors are made; by default half of them, rounded down. */
    sectorsWritten: z.int().nonnegative().optional(),
  })
  .refine(({ when, sectorsWritten }) => when === 'middle' || sectorsWritten === undefined, {
    path: ['sectorsWritten'],
    message: 'only with when: "middle"',
  });

/** One write, named before it comes. */
export type WriteMoment = z.input<typeof writeMomentSchema>;
export type ResolvedWriteMoment = z.output<typeof writeMomentSchema>;

/** The write that was held. */
export interface HeldWrite {
  /** Of all writes since power on, whatever the moment counts. */
  number: number;
  kind: 'write' | 'zeroes' | 'discard';
  offsetBytes: number;
  lengthBytes: number;
  isForced: boolean;
  /** How many of its sectors were made when it was held. */
  sectorsWritten: number;
}

/** Waits for its write. */
export class ArmedWriteMoment {
  /** Resolves when the write is held and the action begins; never, when it does not come. */
  readonly happened: Promise<HeldWrite>;
  /** Resolves when the action has ended, and rejects as it does; wait for it when you do not wait inside the action. */
  readonly finished: Promise<HeldWrite>;
  readonly #moment: ResolvedWriteMoment;
  readonly #action: () => Promise<unknown>;
  readonly #happened = Promise.withResolvers<HeldWrite>();
  readonly #finished = Promise.withResolvers<HeldWrite>();
  #seen: number;
  #isArmed = true;

  /** @internal */
  constructor(moment: ResolvedWriteMoment, seen: number, action: () => Promise<unknown>) {
    this.#moment = moment;
    this.#action = action;
    this.#seen = seen;
    this.happened = this.#happened.promise;
    this.finished = this.#finished.promise;
  }

  /** From now on it holds nothing. What it holds already goes its way. */
  cancel(): void {
    this.#isArmed = false;
  }

  /** @internal */
  get isArmed(): boolean {
    return this.#isArmed;
  }

  /** @internal */
  get when(): ResolvedWriteMoment['when'] {
    return this.#moment.when;
  }

  /** The machine is switched on: writes are counted anew. @internal */
  countAnew(): void {
    this.#seen = 0;
  }

  /** Counts a write that comes; whether it is the one. @internal */
  isDue(request: { offsetBytes: number; lengthBytes: number }): boolean {
    const sectors: SectorRange | undefined = this.#moment.sectors;
    if (!this.#isArmed || !touches(request, sectors)) return false;
    this.#seen += 1;
    if (this.#seen !== this.#moment.number) return false;
    this.#isArmed = false;
    return true;
  }

  /** How much of the write is made when it is held, in bytes. @internal */
  bytesMade({ lengthBytes }: DiskRequest): number {
    if (this.when !== 'middle') return this.when === 'before' ? 0 : lengthBytes;
    const sectors = lengthBytes / sectorBytes;
    return Math.min(sectors, this.#moment.sectorsWritten ?? Math.floor(sectors / 2)) * sectorBytes;
  }

  /**
   * Lets the action happen. Nobody waits for it any longer than for the machine: an action that cuts the power waits
   * for the end of the machine, which waits for its disks.
   *
   * @internal
   */
  async hold(request: DiskRequest, writtenBytes: number): Promise<void> {
    const { number, kind, offsetBytes, lengthBytes, isForced } = request;
    const sectorsWritten = writtenBytes / sectorBytes;
    const held = {
      number,
      kind: kind as HeldWrite['kind'],
      offsetBytes,
      lengthBytes,
      isForced,
      sectorsWritten,
    };
    this.#happened.resolve(held);
    const over = new AbortController();
    // Its failure is for whoever waits for `finished`.
    void this.#act(held).finally(() => over.abort());
    await untilAborted([over.signal, request.gone]);
  }

  async #act(held: HeldWrite): Promise<void> {
    try {
      await this.#action();
      this.#finished.resolve(held);
    } catch (error) {
      this.#finished.reject(error);
    }
  }
}
