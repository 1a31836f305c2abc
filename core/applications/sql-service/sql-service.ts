import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { syncFolder } from '../../../foundation/durable-file.ts';
import { durably } from '../../../foundation/durably.ts';
import type { ApiAnswer, ApiRequest, RunningApplication } from '../application.ts';

/** Makes the data base with its manufacturing defaults; one that is there already is replaced. */
export async function createDefaultDatabase(dataPath: string): Promise<void> {
  const folder = join(dataPath, 'sql');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const database = openDatabase(dataPath);
  database.exec(`
    create table facts (name text primary key, value text not null) strict;
    insert into facts values ('schema', '1'), ('origin', 'manufacturing defaults');
  `);
  // Closing the last connection folds the write-ahead log into the data base: one file, and no random salt in it.
  database.close();
  await durably('sql-service.folder', () => syncFolder(folder));
  await durably('sql-service.data', () => syncFolder(dataPath));
}

/**
 * The SQL service: one statement a request, `POST /api/sql` with `{"statement": …, "parameters": […]}`. A row that
 * was acknowledged survives a power cut: every commit is synced (`synchronous=full`) before the answer.
 */
export class SqlService implements RunningApplication {
  readonly #dataPath: string;
  #database: DatabaseSync | undefined;

  constructor(dataPath: string) {
    this.#dataPath = dataPath;
    this.#database = openDatabase(dataPath);
  }

  async answer(request: ApiRequest): Promise<ApiAnswer | undefined> {
    if (request.path !== '/api/sql') return undefined;
    if (request.method !== 'POST') return { status: 405, json: { error: 'send the statement with POST' } };
    if (this.#database === undefined) return { status: 503, json: { error: 'the data base is suspended' } };
    const { statement, parameters = [] } = (request.body ?? {}) as {
      statement?: unknown;
      parameters?: unknown;
    };
    if (typeof statement !== 'string' || !Array.isArray(parameters)) {
      return { status: 400, json: { error: 'expected {"statement": string, "parameters": array}' } };
    }
    try {
      return { status: 200, json: execute(this.#database, statement, parameters) };
    } catch (error) {
      return { status: 400, json: { error: String(error instanceof Error ? error.message : error) } };
    }
  }

  async check(): Promise<void> {
    const row = this.#database?.prepare("select value from facts where name = 'schema'").get();
    if (row?.value !== '1') throw new Error(`the data base says schema ${String(row?.value)}, not 1`);
  }

  async suspend(): Promise<void> {
    this.#database?.close();
    this.#database = undefined;
  }

  async resume(): Promise<void> {
    this.#database ??= openDatabase(this.#dataPath);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.suspend();
  }
}

function execute(database: DatabaseSync, text: string, parameters: unknown[]): unknown {
  const statement = database.prepare(text);
  if (statement.columns().length > 0) return { rows: statement.all(...(parameters as SQLInputValue[])) };
  const { changes, lastInsertRowid } = statement.run(...(parameters as SQLInputValue[]));
  return { changes: Number(changes), lastInsertRowid: Number(lastInsertRowid) };
}

/**
 * A data base that the customer deleted, or that a reset took away before its defaults came, is an error here:
 * SQLite would make an empty one, and the loss would look like health.
 */
function openDatabase(dataPath: string): DatabaseSync {
  const path = join(dataPath, 'sql', 'appliance.db');
  const isNew = !existsSync(path);
  if (isNew && existsSync(join(dataPath, 'sql', 'appliance.db-wal'))) {
    throw new Error(`${path} is missing beside its log`);
  }
  const database = new DatabaseSync(path);
  database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
  return database;
}
