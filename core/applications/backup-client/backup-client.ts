import { access, constants, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { archiveTree } from '../../recovery/archive-tree.ts';
import { restoreTree, verifyArchive } from '../../recovery/restore-tree.ts';
import type { ApiAnswer, ApiRequest, ApplicationHost, RunningApplication } from '../application.ts';

/**
 * The back-up client: archives of the data partition on the second one.
 *
 * - `GET /api/backups` names them;
 * - `POST /api/backups` with `{"name": …}` makes one;
 * - `POST /api/restore` with `{"name": …}` puts one back, byte for byte, and takes away what it does not hold. An
 *   archive that fails its hashes is refused before anything is touched.
 */
export class BackupClient implements RunningApplication {
  readonly #dataPath: string;
  readonly #folder: string;
  readonly #host: ApplicationHost;

  constructor(dataPath: string, data2Path: string, host: ApplicationHost) {
    this.#dataPath = dataPath;
    this.#folder = join(data2Path, 'backups');
    this.#host = host;
  }

  async answer({ method, path, body }: ApiRequest): Promise<ApiAnswer | undefined> {
    if (path !== '/api/backups' && path !== '/api/restore') return undefined;
    if (method === 'GET') return { status: 200, json: { backups: (await readdir(this.#folder)).sort() } };
    const name = (body as { name?: unknown } | null)?.name;
    if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9.-]{0,63}$/.test(name)) {
      return { status: 400, json: { error: 'expected {"name": lower-case letters, digits, "." and "-"}' } };
    }
    return path === '/api/backups' ? await this.#backUp(name) : await this.#restore(name);
  }

  async check(): Promise<void> {
    await access(this.#folder, constants.R_OK | constants.W_OK);
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #backUp(name: string): Promise<ApiAnswer> {
    const archivePath = join(this.#folder, name);
    const { entries } = await this.#host.whileSuspended(() => archiveTree(this.#dataPath, archivePath));
    const files = entries.filter(({ kind }) => kind === 'file').length;
    return { status: 200, json: { name, files, entries: entries.length } };
  }

  async #restore(name: string): Promise<ApiAnswer> {
    const archivePath = join(this.#folder, name);
    try {
      await verifyArchive(archivePath);
    } catch (error) {
      return { status: 409, json: { error: error instanceof Error ? error.message : String(error) } };
    }
    await this.#host.whileSuspended(() =>
      restoreTree(archivePath, this.#dataPath, { exact: true, owners: true }),
    );
    return { status: 200, json: { name, restored: true } };
  }
}
