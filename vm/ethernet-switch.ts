import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { assertSocketPath } from './socket-listener.ts';

/** QEMU's NET_BUFSIZE: the longest that it sends, offloads included; what says to be longer is no frame. */
const maxFrameBytes = 4096 + 65_536;

/** Before the frame stands its length, a big-endian number of 32 bits (QEMU, `net/stream.c`). */
const headerBytes = 4;

/** What may wait for a port that does not read, such as a machine whose card is down; the rest is lost, as on a wire. */
const maxWaitingBytes = 1024 * 1024;

/** Of so many addresses it knows the port, those that were heard last. */
const maxAddresses = 1024;

/**
 * An Ethernet switch between emulated machines: each plugs in by `-netdev stream` over a unix socket, and a frame goes to
 * the port where its target was last heard, or to all others. It lives in the runner and leaves no process and no socket.
 */
export class EthernetSwitch {
  readonly socketPath: string;
  readonly #server: Server;
  readonly #ports = new Set<Socket>();
  readonly #portByAddress = new Map<string, Socket>();

  private constructor(socketPath: string) {
    this.socketPath = socketPath;
    this.#server = createServer((port) => this.#plugIn(port));
  }

  /** @throws VM_SPEC_INVALID when the path is too long for a socket. */
  static async listen(socketPath: string): Promise<EthernetSwitch> {
    assertSocketPath(socketPath);
    const ethernet = new EthernetSwitch(socketPath);
    await rm(socketPath, { force: true });
    ethernet.#server.listen(socketPath);
    await once(ethernet.#server, 'listening');
    // A runner that has nothing else to do shall end.
    ethernet.#server.unref();
    return ethernet;
  }

  /** Takes every plug out; nothing listens any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const port of this.#ports) port.destroy();
    await closed;
    await rm(this.socketPath, { force: true });
  }

  #plugIn(port: Socket): void {
    this.#ports.add(port);
    let left: Buffer = Buffer.alloc(0);
    port.on('data', (bytes) => {
      const { frames, rest } = takeFrames(Buffer.concat([left, bytes]));
      left = rest;
      for (const frame of frames) this.#forward(frame, port);
      // Whatever that is, it does not speak the protocol, and no frame would be found in it again.
      if (rest.length >= headerBytes && rest.readUInt32BE() > maxFrameBytes) port.destroy();
    });
    // A machine that is cut resets its connection; that is its affair.
    port.on('error', () => undefined);
    port.on('close', () => {
      this.#ports.delete(port);
      for (const [address, of] of this.#portByAddress) if (of === port) this.#portByAddress.delete(address);
    });
  }

  /** The one place through which every frame goes. */
  #forward(frame: Buffer, from: Socket): void {
    const target = addressAt(frame, 0);
    const source = addressAt(frame, 6);
    if (!isGroup(source)) this.#learn(source, from);
    const known = isGroup(target) ? undefined : this.#portByAddress.get(target);
    for (const port of known === undefined ? this.#ports : [known]) {
      if (port !== from && port.writableLength < maxWaitingBytes) port.write(frame);
    }
  }

  /** The longest unheard comes first in the map, and is forgotten first: a guest may make addresses up. */
  #learn(address: string, port: Socket): void {
    this.#portByAddress.delete(address);
    this.#portByAddress.set(address, port);
    const [oldest] = this.#portByAddress.keys();
    if (this.#portByAddress.size > maxAddresses) this.#portByAddress.delete(oldest!);
  }
}

/** Whole frames, each with its header; and what is left of one that is still to come. Pure. */
function takeFrames(bytes: Buffer): { frames: Buffer[]; rest: Buffer } {
  const frames: Buffer[] = [];
  let start = 0;
  while (bytes.length - start >= headerBytes) {
    const end = start + headerBytes + bytes.readUInt32BE(start);
    if (end > bytes.length) break;
    // Shorter than two addresses: nobody's.
    if (end - start >= headerBytes + 12) frames.push(bytes.subarray(start, end));
    start = end;
  }
  return { frames, rest: bytes.subarray(start) };
}

/** One of the two hardware addresses at the beginning of a frame, as a key. */
function addressAt(frame: Buffer, offset: number): string {
  return frame.toString('latin1', headerBytes + offset, headerBytes + offset + 6);
}

/** Broadcast and multicast have the lowest bit of the first byte (IEEE 802.3, 3.2.3). */
function isGroup(address: string): boolean {
  return (address.charCodeAt(0) & 1) === 1;
}
