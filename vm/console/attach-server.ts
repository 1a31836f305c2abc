import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import type { SerialConsole } from './serial-console.ts';

/** Ends the name of a console's attach socket. */
export const attachSocketSuffix = '.attach.sock';

/** What is shown first to whoever attaches, so that an idle console is not an empty screen. */
const shownLines = 40;

/** Somebody who does not read must not make the runner hold a flood in memory: more than this ends the connection. */
const maxUnreadBytes = 8 * 1024 * 1024;

/**
 * Lets people look at a console while a scenario uses it, and type into it (design 11): a unix socket that gives the
 * last lines and then everything that is printed, without secrets. What is received is typed; the first byte ends
 * the scenario's command loop, so that the person has the shell.
 */
export class ConsoleAttachServer {
  readonly path: string;
  readonly #server: Server;
  readonly #viewers = new Set<Socket>();
  #console: SerialConsole | undefined;

  private constructor(path: string, server: Server) {
    this.path = path;
    this.#server = server;
    server.on('connection', (viewer) => this.#welcome(viewer));
  }

  static async listen(path: string): Promise<ConsoleAttachServer> {
    await rm(path, { force: true });
    const server = createServer();
    server.listen(path);
    await once(server, 'listening');
    // A runner that has nothing else to do shall end.
    server.unref();
    return new ConsoleAttachServer(path, server);
  }

  /** The console of the machine's present run; it changes with every power on. */
  show(console: SerialConsole): void {
    this.#console = console;
  }

  /** What the console has printed. */
  broadcast(text: string): void {
    for (const viewer of this.#viewers) {
      viewer.write(text);
      if (viewer.writableLength > maxUnreadBytes) viewer.destroy();
    }
  }

  async close(): Promise<void> {
    for (const viewer of this.#viewers) viewer.destroy();
    this.#server.close();
    await rm(this.path, { force: true });
  }

  #welcome(viewer: Socket): void {
    this.#viewers.add(viewer);
    viewer.on('error', () => undefined);
    viewer.on('close', () => this.#viewers.delete(viewer));
    viewer.write(`${this.#console?.tail(shownLines).join('\r\n') ?? ''}\r\n`);
    let typing = Promise.resolve();
    viewer.on('data', (bytes: Buffer) => {
      typing = typing.then(() => this.#type(bytes.toString('utf8'))).catch(() => undefined);
    });
  }

  async #type(text: string): Promise<void> {
    await this.#console?.releaseShell();
    await this.#console?.send(text);
  }
}
