import { createCipheriv, createHash } from 'node:crypto';
import { Transform } from 'node:stream';

/** What can be wrong with the services of a machine's closed network (`nics[].services`). */
export type ServiceImpairment =
  /** Nobody is there: connections are closed as they come, and those that are under way are, too. */
  | { kind: 'refused' }
  /** Every piece of what is said, in either direction, comes so much later. */
  | { kind: 'late'; delayMs: number }
  /** What services answer is noise that follows from the seed. */
  | { kind: 'garbled'; seed: string };

/** An impairment that services have now, and the proof of what it did. */
export class ActiveServiceImpairment {
  readonly impairment: ServiceImpairment;
  /** Resolves when it affects its first connection; never, when it affects none. */
  readonly happened: Promise<void>;
  readonly #resolveHappened: () => void;
  readonly #connections = new Set<object>();
  #isActive = true;

  /** @internal */
  constructor(impairment: ServiceImpairment) {
    this.impairment = impairment;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.happened = promise;
    this.#resolveHappened = resolve;
  }

  /** How many connections it has really closed, delayed or changed. */
  get affected(): number {
    return this.#connections.size;
  }

  get isActive(): boolean {
    return this.#isActive;
  }

  /** Services are as they were. */
  stop(): void {
    this.#isActive = false;
  }

  /** @internal */
  note(connection: object): void {
    this.#connections.add(connection);
    this.#resolveHappened();
  }

  /** What stands between the ends of a connection in one direction. @internal */
  passage(connection: object, direction: 'to-service' | 'to-guest'): Transform[] {
    const { impairment } = this;
    if (impairment.kind === 'late') {
      const { delayMs } = impairment;
      return [this.#each(connection, (bytes, pass) => void setTimeout(() => pass(bytes), delayMs))];
    }
    if (impairment.kind === 'refused' || direction === 'to-service') return [];
    const key = createHash('sha256').update(impairment.seed).digest();
    const noise = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
    return [this.#each(connection, (bytes, pass) => pass(noise.update(bytes)))];
  }

  #each(connection: object, impair: (bytes: Buffer, pass: (bytes: Buffer) => void) => void): Transform {
    return new Transform({
      transform: (bytes: Buffer, _encoding, done) => {
        if (!this.#isActive) return done(null, bytes);
        this.note(connection);
        impair(bytes, (impaired) => done(null, impaired));
      },
    });
  }
}
