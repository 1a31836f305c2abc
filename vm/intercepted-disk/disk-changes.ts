import type { DiskFaults } from './disk-faults.ts';
import type { DiskImage } from './disk-image.ts';
import { type DiskRequest, hashOf } from './disk-request.ts';
import { type ErrorName, maximumDataBytes } from './nbd-protocol.ts';
import type { NbdAnswer } from './nbd-server.ts';
import type { UndoJournal, UnflushedWrite } from './undo-journal.ts';
import type { ArmedWriteMoment } from './write-moment.ts';

/** Of a request that nobody waits for any more: it is not done. */
const unheard: NbdAnswer = { error: 'EIO' };

/**
 * What changes a disk, one request after the other in the order in which they came: so that the journal knows what
 * each of them overwrote, and so that everything before a write that is held is made and nothing after it is.
 */
export class DiskChanges {
  readonly #image: DiskImage;
  readonly #journal: UndoJournal;
  readonly #faults: DiskFaults;
  #last: Promise<unknown> = Promise.resolve();

  constructor(image: DiskImage, journal: UndoJournal, faults: DiskFaults) {
    this.#image = image;
    this.#journal = journal;
    this.#faults = faults;
  }

  /** Makes a write, zeroes or a discard, held where the moments say. */
  async change(request: DiskRequest, moments: readonly ArmedWriteMoment[]): Promise<NbdAnswer> {
    await this.#faults.hold(request);
    return await this.#inTurn(() => this.#change(request, moments));
  }

  /** Vouches for the writes that are acknowledged at this instant. */
  async flush(request: DiskRequest): Promise<NbdAnswer> {
    const upTo = this.#journal.lastAcknowledged;
    await this.#faults.hold(request);
    return await this.#inTurn(async () => {
      await this.#faults.delay(request);
      if (request.gone.aborted) return unheard;
      const error = this.#faults.errorOf(request);
      if (error !== undefined) return { error };
      this.#journal.flushed(upTo);
      return {};
    });
  }

  #inTurn(work: () => Promise<NbdAnswer>): Promise<NbdAnswer> {
    const turn = this.#last.then(work);
    // Who asked for it hears of its failure; the next one has its turn all the same.
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #change(request: DiskRequest, moments: readonly ArmedWriteMoment[]): Promise<NbdAnswer> {
    await this.#faults.delay(request);
    const making = new ChangeInParts(request, this.#image, this.#journal, this.#faults);
    for (const when of ['before', 'middle', 'after'] as const) {
      if (when === 'after') await making.makeUpTo(request.lengthBytes);
      for (const moment of moments.filter((candidate) => candidate.when === when)) {
        // The power was cut while it waited for its turn: then its moment has not come.
        if (request.gone.aborted) return unheard;
        await making.makeUpTo(moment.bytesMade(request));
        await moment.hold(request, making.writtenBytes);
      }
    }
    if (request.gone.aborted) return unheard;
    if (making.error !== undefined) return { error: making.error };
    making.acknowledge();
    return {};
  }
}

/** One change, made at once or in two parts. What faults do to it is decided when its first part is made. */
class ChangeInParts {
  readonly #request: DiskRequest;
  readonly #image: DiskImage;
  readonly #journal: UndoJournal;
  readonly #faults: DiskFaults;
  readonly #recorded: UnflushedWrite[] = [];
  #doneBytes = 0;
  /** Where it goes; undefined until that is decided, or when it is not made at all. */
  #targetBytes: number | 'nowhere' | undefined;
  error: ErrorName | undefined;
  writtenBytes = 0;

  constructor(request: DiskRequest, image: DiskImage, journal: UndoJournal, faults: DiskFaults) {
    this.#request = request;
    this.#image = image;
    this.#journal = journal;
    this.#faults = faults;
  }

  async makeUpTo(endBytes: number): Promise<void> {
    const { gone, kind, data, number } = this.#request;
    if (gone.aborted || endBytes <= this.#doneBytes) return;
    this.#targetBytes ??= await this.#decide();
    const start = this.#doneBytes;
    this.#doneBytes = endBytes;
    if (this.#targetBytes === 'nowhere') return;
    const lengthBytes = endBytes - start;
    const offsetBytes = this.#targetBytes + start;
    this.#recorded.push(await this.#journal.record(this.#image, { number, offsetBytes, lengthBytes }));
    if (kind === 'write') await this.#image.write(data!.subarray(start, endBytes), offsetBytes);
    else await this.#image.zero(offsetBytes, lengthBytes);
    this.writtenBytes += lengthBytes;
  }

  acknowledge(): void {
    for (const write of this.#recorded) this.#journal.acknowledge(write, this.#request.isForced);
  }

  async #decide(): Promise<number | 'nowhere'> {
    this.error = this.#faults.errorOf(this.#request);
    if (this.error !== undefined) return 'nowhere';
    if (await this.#faults.drops(this.#request, () => this.#hashOnDisk())) return 'nowhere';
    return this.#faults.offsetOf(this.#request, this.#image.sizeBytes);
  }

  async #hashOnDisk(): Promise<string> {
    const bytes = Buffer.alloc(Math.min(this.#request.lengthBytes, maximumDataBytes));
    await this.#image.read(bytes, this.#request.offsetBytes);
    return hashOf(bytes);
  }
}
