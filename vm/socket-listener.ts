import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { vmErrors } from './errors.ts';

/** Linux: sun_path holds 108 bytes with the zero at its end. */
const maxSocketPathBytes = 107;

/**
 * A unix socket that takes one connection. Assay listens and QEMU connects, so that nothing QEMU says can come
 * before anybody listens; the socket's file is gone as soon as QEMU is connected.
 *
 * @throws VM_SPEC_INVALID when the path is too long for a socket.
 */
export async function listenOnce(path: string): Promise<SocketListener> {
  assertSocketPath(path);
  await rm(path, { force: true });
  const server = createServer();
  server.listen(path);
  await once(server, 'listening');
  return new SocketListener(path, server);
}

/** @throws VM_SPEC_INVALID when the path is too long for a unix socket. */
export function assertSocketPath(path: string): void {
  if (Buffer.byteLength(path) > maxSocketPathBytes) {
    throw vmErrors.VM_SPEC_INVALID({
      tried: `listen on ${path}`,
      expected: `a path of at most ${maxSocketPathBytes} bytes`,
      remedy: 'use a shorter runtime folder: set XDG_RUNTIME_DIR or TMPDIR to one',
    });
  }
}

export class SocketListener {
  readonly path: string;
  readonly connected: Promise<Socket>;
  readonly #server: Server;

  constructor(path: string, server: Server) {
    this.path = path;
    this.#server = server;
    const { promise, resolve } = Promise.withResolvers<Socket>();
    this.connected = promise;
    server.once('connection', (socket) => {
      server.close();
      // A QEMU that ends at once resets the connection; its exit says why, an error without a listener says nothing.
      socket.on('error', () => undefined);
      resolve(socket);
    });
  }

  /** Stops listening; a connection that was taken stays. */
  close(): void {
    this.#server.close();
  }
}
