import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';

/**
 * Sends one message to a syslog server, as a datagram of its own (RFC 5426). Nothing answers: that it left this machine is
 * all that is known.
 *
 * @throws errors of the network and of the look-up of names.
 */
export async function sendSyslog(
  message: Buffer,
  { host, port }: { host: string; port: number },
): Promise<void> {
  const { address, family } = await lookup(host);
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  try {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.on('error', reject);
    socket.send(message, port, address, (error) => (error === null ? resolve() : reject(error)));
    await promise;
  } finally {
    socket.close();
  }
}
