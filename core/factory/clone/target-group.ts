import { AssayError, errorMessage, foundationErrors } from '../../../foundation/index.ts';
import { coreErrors } from '../../errors.ts';
import type { CloneTarget } from './clone-target.ts';

/** Targets that are written together. One that fails is left out from then on; the others go on. */
export class TargetGroup {
  readonly targets: readonly CloneTarget[];
  readonly failures = new Map<CloneTarget, AssayError>();

  constructor(targets: readonly CloneTarget[]) {
    this.targets = targets;
  }

  /** Those that have not failed. */
  get sound(): CloneTarget[] {
    return this.targets.filter((target) => !this.failures.has(target));
  }

  /** @throws the first failure, when all have failed and there is nobody left to work for. */
  assertSound(): void {
    if (this.sound.length > 0) return;
    for (const failure of this.failures.values()) throw failure;
  }

  /** Does something to several targets, at most `atOnce` at a time; errors are kept as these targets' failures. */
  async forEach(
    targets: readonly CloneTarget[],
    tried: string,
    work: (target: CloneTarget, lane: number) => Promise<unknown>,
    atOnce: number = Math.max(1, targets.length),
  ): Promise<void> {
    for (let first = 0; first < targets.length; first += atOnce) {
      const lanes = targets.slice(first, first + atOnce);
      await Promise.all(
        lanes.map(async (target, lane) => {
          if (this.failures.has(target)) return;
          await work(target, lane).catch((error) => this.fail(target, tried, error));
        }),
      );
    }
  }

  /** The first failure of a target is kept; what follows from it does not hide it. */
  fail(target: CloneTarget, tried: string, error: unknown): void {
    if (!this.failures.has(target)) this.failures.set(target, asFailure(target, tried, error));
  }
}

function asFailure(target: CloneTarget, tried: string, error: unknown): AssayError {
  if (error instanceof AssayError) return error;
  const facts = { tried, where: target.path, got: errorMessage(error) };
  const isFull = error instanceof Error && 'code' in error && isFullCode(error.code);
  return isFull
    ? foundationErrors.FOUNDATION_DISK_FULL(facts, error)
    : coreErrors.CORE_CLONE_WRITE_FAILED(facts, error);
}

function isFullCode(code: unknown): boolean {
  return code === 'ENOSPC' || code === 'EDQUOT';
}
