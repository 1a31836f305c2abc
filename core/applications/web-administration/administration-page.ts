import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiAnswer, ApiRequest, ApplicationHost, RunningApplication } from '../application.ts';
import { renderPage } from './render-page.ts';

const maximumBodyBytes = 1024 * 1024;

/** The web server of the appliance: the page for people at `/`, and the applications' interfaces below `/api/`. */
export class AdministrationPage implements RunningApplication {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Starts to answer on a TCP port of every address; port 0 takes a free one. */
  static async listen(host: ApplicationHost, port: number): Promise<AdministrationPage> {
    const server = createServer((request, response) => {
      void handle(host, request).then((answer) => send(response, answer));
    });
    server.listen(port);
    await once(server, 'listening');
    return new AdministrationPage(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async answer(): Promise<undefined> {
    return undefined;
  }

  async check(): Promise<void> {
    if (!this.#server.listening) throw new Error('the page is not listening');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** Whatever goes wrong with one request is that request's answer, never the end of the service. */
async function handle(host: ApplicationHost, incoming: IncomingMessage): Promise<ApiAnswer> {
  try {
    const request = await readRequest(incoming);
    if (request.path === '/') {
      return { status: 200, text: renderPage(host.status()), contentType: 'text/html; charset=utf-8' };
    }
    if (request.path === '/api/status') return { status: 200, json: host.status() };
    return await host.dispatch(request);
  } catch (error) {
    const isWrongRequest = error instanceof SyntaxError || error instanceof RangeError;
    const message = error instanceof Error ? error.message : String(error);
    return { status: isWrongRequest ? 400 : 500, json: { error: message } };
  }
}

async function readRequest(incoming: IncomingMessage): Promise<ApiRequest> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of incoming as AsyncIterable<Buffer>) {
    sizeBytes += piece.length;
    if (sizeBytes > maximumBodyBytes) throw new RangeError('the body is too large');
    pieces.push(piece);
  }
  const text = Buffer.concat(pieces).toString('utf8');
  const { pathname } = new URL(incoming.url ?? '/', 'http://appliance');
  return { method: incoming.method ?? 'GET', path: pathname, body: text === '' ? null : JSON.parse(text) };
}

function send(response: ServerResponse, answer: ApiAnswer): void {
  const text = 'json' in answer ? `${JSON.stringify(answer.json)}\n` : answer.text;
  const contentType = 'json' in answer ? 'application/json' : answer.contentType;
  response.writeHead(answer.status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
}
