import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { runTool } from '../foundation/index.ts';
import { ActiveServiceImpairment, type ServiceImpairment } from './service-impairment.ts';
import { assertSocketPath } from './socket-listener.ts';

/** One service of the host in a guest's closed network. */
export interface GuestService {
  /** Where the runner takes the connections of the guest. */
  socketPath: string;
  /** The TCP port on 127.0.0.1 to which each of them leads. */
  hostPort: number;
}

/**
 * The runner's half of `nics[].services`. QEMU can only start a program for each connection of a guest, and disowns
 * it. A program that reaches the service by itself could outlive the machine: that QEMU is gone looks to it as if the
 * guest had closed one direction and still waited for an answer. So the program (see {@link relayCommand}) leads to
 * the runner, which connects to the service and takes the connection away when the machine is off: then both ends of
 * the program are closed, and it ends. It does so, too, when the runner is killed.
 */
export class GuestServices {
  readonly #socketPaths: readonly string[];
  readonly #servers: readonly Server[];
  readonly #connections = new Set<Socket>();
  #impairments: ActiveServiceImpairment[] = [];

  private constructor(services: readonly GuestService[]) {
    this.#socketPaths = services.map(({ socketPath }) => socketPath);
    this.#servers = services.map(({ hostPort }) =>
      // Half-open: a client that has said everything is still owed its answer.
      createServer({ allowHalfOpen: true }, (fromGuest) => this.#relay(fromGuest, hostPort)),
    );
  }

  /**
   * Listens for the connections of one machine's guest, from power on to its end.
   *
   * @throws VM_SPEC_INVALID when a path is too long for a socket, FOUNDATION_TOOL_MISSING when there is no socat.
   */
  static async listen(services: readonly GuestService[]): Promise<GuestServices> {
    for (const { socketPath } of services) assertSocketPath(socketPath);
    const listening = new GuestServices(services);
    // Without it QEMU would only drop the guest's connections, and say so nowhere.
    if (services.length > 0) await runTool('socat', ['-V']);
    for (const [index, server] of listening.#servers.entries()) {
      const path = listening.#socketPaths[index]!;
      await rm(path, { force: true });
      server.listen(path);
      await once(server, 'listening');
      // A runner that has nothing else to do shall end.
      server.unref();
    }
    return listening;
  }

  /** From now on all services have this impairment, until it is stopped; connections that are there already only end. */
  impair(impairment: ServiceImpairment): ActiveServiceImpairment {
    const active = new ActiveServiceImpairment(impairment);
    this.#impairments = [...this.#impairments.filter(({ isActive }) => isActive), active];
    if (impairment.kind === 'refused') {
      for (const connection of this.#connections) {
        active.note(connection);
        connection.destroy();
      }
    }
    return active;
  }

  /** Ends every connection, and with it the program that QEMU started for it; nothing listens any more. */
  async close(): Promise<void> {
    for (const server of this.#servers) server.close();
    for (const connection of this.#connections) connection.destroy();
    for (const path of this.#socketPaths) await rm(path, { force: true });
  }

  #relay(fromGuest: Socket, hostPort: number): void {
    const impairments = this.#impairments.filter(({ isActive }) => isActive);
    const refusing = impairments.find(({ impairment }) => impairment.kind === 'refused');
    if (refusing !== undefined) {
      refusing.note(fromGuest);
      // Without a word to the service, and without one from it.
      fromGuest.on('error', () => undefined).destroy();
      return;
    }
    const toService = connect({ host: '127.0.0.1', port: hostPort, allowHalfOpen: true });
    const passage = (direction: 'to-service' | 'to-guest') =>
      impairments.flatMap((active) => active.passage(fromGuest, direction));
    // The end of one direction is passed on as such; a connection that is broken breaks the other.
    piped(fromGuest, [...passage('to-service'), toService]);
    piped(toService, [...passage('to-guest'), fromGuest]);
    this.#hold(fromGuest, toService);
    this.#hold(toService, fromGuest);
  }

  #hold(connection: Socket, other: Socket): void {
    this.#connections.add(connection);
    // A refused or broken connection reaches the guest as a closed one: what that means is the guest's to say.
    connection.on('error', () => other.destroy());
    connection.on('close', () => this.#connections.delete(connection));
  }
}

function piped(from: Duplex, through: readonly Duplex[]): void {
  through.reduce((before, next) => before.pipe(next), from);
}

/** Half a year, in seconds: socat waits so long for the answer to a guest that has closed its own direction. */
const answerSeconds = 15_000_000;

/**
 * The program that QEMU starts for each connection of a guest, as QEMU takes it apart (GLib's g_shell_parse_argv).
 * Its standard input, output and error are one socket to the guest: hence both directions over descriptor 0, each
 * closed on its own, and no word on standard error, which the guest would get to read.
 */
export function relayCommand(socketPath: string): string {
  // socat takes what follows a backslash as it is; the single quotes are for GLib.
  const address = `UNIX-CONNECT:${socketPath.replaceAll(/[^\w/.-]/g, '\\$&')}`.replaceAll("'", `'\\''`);
  return `socat -b 65536 -t ${answerSeconds} -lf /dev/null FD:0,shut-down '${address}'`;
}
