import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for copies, made when it is first needed and removed with everything in it at the end. */
export class ScratchFolder implements AsyncDisposable {
  readonly #parent: string;
  #path: Promise<string> | undefined;
  #count = 0;

  constructor(parent: string = tmpdir()) {
    this.#parent = parent;
  }

  /** A path in the folder that nothing has yet. */
  async newPath(name: string): Promise<string> {
    this.#path ??= mkdtemp(join(this.#parent, 'assay-witness-'));
    this.#count += 1;
    return join(await this.#path, `${this.#count}-${name}`);
  }

  /** Does something in a folder of its own, which is removed at once afterwards. */
  async within<Result>(action: (folder: string) => Promise<Result>): Promise<Result> {
    const folder = await mkdtemp(await this.newPath(''));
    try {
      return await action(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#path !== undefined) await rm(await this.#path, { recursive: true, force: true });
  }
}
