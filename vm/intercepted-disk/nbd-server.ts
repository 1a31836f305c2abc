import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { assertSocketPath } from '../socket-listener.ts';
import type { BufferPool } from './buffer-pool.ts';
import { greeting, NbdHandshake } from './nbd-handshake.ts';
import { command, type ErrorName, errorNumber, simpleReplyMagic } from './nbd-protocol.ts';
import { type NbdRequest, NbdRequestReader } from './nbd-requests.ts';

/** What is said to a request: an error, or the data of a read, which goes back to the pool when it is sent. */
export type NbdAnswer = { error: ErrorName } | { data?: Buffer };

/**
 * Does a request. Called in the order in which requests come, and again before the last one is done. `gone` aborts
 * when the client is gone: nobody waits for the answer then.
 */
export type NbdRequestHandler = (request: NbdRequest, gone: AbortSignal) => Promise<NbdAnswer>;

interface NbdExport {
  socketPath: string;
  sizeBytes: number;
  pool: BufferPool;
  handle: NbdRequestHandler;
}

/** Serves one export over a unix socket, until it is closed. */
export class NbdServer {
  readonly #served: NbdExport;
  readonly #server: Server;
  readonly #clients = new Set<Socket>();
  readonly #underWay = new Set<Promise<void>>();

  private constructor(served: NbdExport) {
    this.#served = served;
    this.#server = createServer((client) => this.#greet(client));
  }

  /** @throws VM_SPEC_INVALID when the path is too long for a socket. */
  static async listen(served: NbdExport): Promise<NbdServer> {
    assertSocketPath(served.socketPath);
    await rm(served.socketPath, { force: true });
    const listening = new NbdServer(served);
    listening.#server.listen(served.socketPath);
    await once(listening.#server, 'listening');
    // A runner that has nothing else to do shall end.
    listening.#server.unref();
    return listening;
  }

  /** Takes every client its connection and waits until no request is under way; nothing listens any more. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const client of this.#clients) client.destroy();
    await closed;
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    await rm(this.#served.socketPath, { force: true });
  }

  #greet(client: Socket): void {
    const gone = new AbortController();
    this.#clients.add(client);
    // A machine that is cut resets its connection; that is its affair.
    client.on('error', () => undefined);
    client.on('close', () => {
      this.#clients.delete(client);
      gone.abort();
    });
    const { pool, sizeBytes } = this.#served;
    const handshake = new NbdHandshake(sizeBytes);
    const reader = new NbdRequestReader(pool);
    let speaksRequests = false;
    const take = (bytes: Buffer): void => {
      const requests = reader.push(bytes);
      if (requests === undefined) client.destroy();
      for (const request of requests ?? []) this.#take(request, client, gone.signal);
    };
    client.on('data', (bytes) => {
      if (speaksRequests) return take(bytes);
      const { answer, state, rest } = handshake.push(bytes);
      client.write(answer);
      if (state === 'over') client.end();
      if (state !== 'requests') return;
      speaksRequests = true;
      take(rest);
    });
    client.write(greeting());
  }

  #take(request: NbdRequest, client: Socket, gone: AbortSignal): void {
    if (request.type === command.disconnect) {
      client.end();
      return;
    }
    const done = this.#answer(request, client, gone).finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
  }

  async #answer(request: NbdRequest, client: Socket, gone: AbortSignal): Promise<void> {
    const { pool, handle } = this.#served;
    const answer = await handle(request, gone);
    if (request.data !== undefined) pool.giveBack(request.data);
    const data = 'data' in answer ? answer.data : undefined;
    if (client.destroyed) {
      if (data !== undefined) pool.giveBack(data);
      return;
    }
    const header = Buffer.allocUnsafe(16);
    header.writeUInt32BE(simpleReplyMagic, 0);
    header.writeUInt32BE('error' in answer ? errorNumber[answer.error] : 0, 4);
    header.writeBigUInt64BE(request.handle, 8);
    client.cork();
    client.write(header);
    if (data !== undefined) client.write(data, () => pool.giveBack(data));
    client.uncork();
  }
}
