import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { AssayError, errorMessage } from '../../../foundation/index.ts';
import { scriptErrors } from '../../script/errors.ts';
import { keyedServerOptions } from '../../script/remote/keyed-tls.ts';
import { receivePackage } from '../../script/remote/receive-package.ts';
import { type AgentLine, aliveMs, silenceMs } from '../../script/remote/script-package.ts';
import { leaveMachine, type RunSurroundings } from '../run-scripts.ts';
import { loadSentScript, runSentScript } from './run-sent-script.ts';

export interface AgentSurroundings extends RunSurroundings {
  key: Uint8Array;
  /** 0 for one that is free, in tests. */
  port: number;
  /** Where scripts that were sent are unpacked; in memory. */
  workFolder: string;
}

/** How long a machine that is about to restart waits until its caller has read how the script has ended. */
const farewellMs = 10_000;

/** How often at most it is said that somebody without the key was there. */
const refusalPauseMs = 60_000;

/**
 * Takes scripts from whoever has the key, and runs one at a time (spec R10).
 *
 * @returns What listens; close it with all its connections to end it.
 * @throws SCRIPT_AGENT_NOT_STARTED when the port cannot be had.
 */
export async function listenForScripts(surroundings: AgentSurroundings): Promise<Server> {
  // Not imported: most sessions have no agent, and TLS takes tenths of a second to load on slow hardware.
  const { createServer } = process.getBuiltinModule('node:https');
  const server = createServer({
    ...keyedServerOptions(surroundings.key),
    // An upload may take as long as it needs, while it goes on.
    ...{ requestTimeout: 0, headersTimeout: 30_000 },
  });
  server.setTimeout(silenceMs);
  server.maxConnections = 32;
  const agent = new Agent(surroundings);
  server.on('request', (request, response) => agent.answer(request, response));
  server.on('checkContinue', (request, response) => agent.answer(request, response));
  let refusedMs = Number.NEGATIVE_INFINITY;
  server.on('tlsClientError', ({ code = '' }: NodeJS.ErrnoException) => {
    // Who does not have the key must not be able to flood the console.
    if (!code.startsWith('ERR_SSL_') || performance.now() - refusedMs < refusalPauseMs) return;
    refusedMs = performance.now();
    surroundings.announce('AGENT refused a connection: not the same key');
  });
  try {
    server.listen(surroundings.port);
    await once(server, 'listening');
  } catch (error) {
    const tried = `listen on port ${surroundings.port}`;
    throw scriptErrors.SCRIPT_AGENT_NOT_STARTED({ tried, got: errorMessage(error) }, error);
  }
  return server;
}

class Agent {
  readonly #surroundings: AgentSurroundings;
  /** What it does now. */
  #work: { words: string } | undefined;
  /** Scripts that were begun, by what their senders call them. */
  readonly #begun = new Set<string>();
  #count = 0;

  constructor(surroundings: AgentSurroundings) {
    this.#surroundings = surroundings;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Whoever hangs up in the middle misses what is said; that is all.
    response.on('error', () => {});
    const job = String(request.headers['x-assay-job'] ?? '');
    const from = String(request.socket.remoteAddress).replace('::ffff:', '');
    if (request.method !== 'POST' || request.url !== '/scripts' || job === '') {
      refuse(response, 404, 'it is no agent of this version');
    } else if (this.#begun.has(job)) {
      refuse(response, 410, 'it has begun this script before; /run/assay/script.log there says how it went');
    } else if (this.#work !== undefined) {
      refuse(response, 409, `it is busy: ${this.#work.words}`);
    } else {
      const work = { words: `takes a script from ${from}` };
      this.#work = work;
      this.#count += 1;
      const folder = join(this.#surroundings.workFolder, String(this.#count));
      try {
        await this.#take({ request, response, folder, job, from }, work);
      } catch (error) {
        this.#surroundings.announce(`AGENT failed ${errorMessage(error)}`);
        response.destroy();
      } finally {
        await this.#tidyUp(folder, work);
      }
    }
  }

  async #take({ request, response, folder, job, from }: SentScript, work: { words: string }): Promise<void> {
    const { announce, kinds, signal } = this.#surroundings;
    if (request.headers.expect !== undefined) response.writeContinue();
    // An agent that was started anew may find what the one before it has left.
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    let path: string;
    try {
      path = await receivePackage(request, folder);
    } catch (error) {
      await this.#tidyUp(folder, work);
      announce(`AGENT took nothing from ${from}: ${errorMessage(error)}`);
      if (error instanceof AssayError) refuse(response, 400, errorMessage(error));
      return;
    }
    const loaded = await loadSentScript(path, folder, kinds);
    if ('problems' in loaded) {
      await this.#tidyUp(folder, work);
      announce(`AGENT took nothing from ${from}: the script is wrong`);
      refuse(response, 422, `it cannot run the script: ${loaded.problems.join('; ')}`);
      return;
    }
    // Who is gone by now may come again with the same script.
    if (response.destroyed) return;
    this.#begun.add(job);
    const { script } = loaded;
    work.words = `runs ${script.name} for ${from}`;
    announce(`AGENT ${work.words}`);
    const { end } = await withAnswer(response, async (say) => {
      const ended = await runSentScript(script, this.#surroundings, say);
      announce(`AGENT has run ${script.name} for ${from}: ${ended.outcome}`);
      // Who has heard the end may send the next one at once.
      if (ended.end === 'prompt') await this.#tidyUp(folder, work);
      say(ended);
      return ended;
    });
    if (end === 'prompt' || signal.aborted) return;
    if (!request.socket.destroyed) {
      await once(request.socket, 'close', { signal: AbortSignal.timeout(farewellMs) }).catch(() => {});
    }
    await leaveMachine(end, this.#surroundings);
  }

  /** Takes away what was sent; then there is room for another one. */
  async #tidyUp(folder: string, work: object): Promise<void> {
    await rm(folder, { recursive: true, force: true }).catch(() => {});
    if (this.#work === work) this.#work = undefined;
  }
}

interface SentScript {
  request: IncomingMessage;
  response: ServerResponse;
  folder: string;
  job: string;
  from: string;
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
}

/** Answers with lines of JSON for as long as the work takes; whoever hears nothing knows that the connection is dead. */
async function withAnswer<Result>(
  response: ServerResponse,
  work: (say: (line: AgentLine) => void) => Promise<Result>,
): Promise<Result> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const say = (line: AgentLine) => {
    if (!response.destroyed) response.write(`${JSON.stringify(line)}\n`);
  };
  say({ type: 'alive' });
  const timer = setInterval(() => say({ type: 'alive' }), aliveMs);
  try {
    return await work(say);
  } finally {
    clearInterval(timer);
    response.end();
  }
}
