import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import type { Bench } from '../bench.ts';

/** Where a unit finds its scenario's files, in its own network. */
export const guestFileAddress = '10.0.2.100';

/** Files that machines can fetch by HTTP while the scenario runs. */
export interface FileServer {
  /** On 127.0.0.1. */
  hostPort: number;
  /** Offers a file. @returns its path in addresses: `/1`. */
  offer(path: string): string;
}

/** Starts a server of files; the bench ends it. */
export async function serveFiles(bench: Bench): Promise<FileServer> {
  const offered: string[] = [];
  const server = createServer((request, response) => {
    const path = offered[Number(request.url?.slice(1)) - 1];
    if (path === undefined) response.writeHead(404).end();
    // One who hangs up is no failure of the scenario.
    else pipeline(createReadStream(path), response, () => {});
  });
  bench.defer('the server of files ends', () => {
    server.close();
    server.closeAllConnections();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    hostPort: (server.address() as AddressInfo).port,
    offer: (path) => `/${offered.push(path)}`,
  };
}
