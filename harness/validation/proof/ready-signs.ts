import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { AssayError, type Deadline } from '../../../foundation/index.ts';
import type { RunningMachine, SerialConsole } from '../../../vm/index.ts';
import type { ReadySign } from '../profile/machine-profile.ts';
import { withoutPager } from './without-pager.ts';

/** What the waits for signs have in common. */
export interface SignWait {
  running: RunningMachine;
  deadline: Deadline;
  signal: AbortSignal;
  /** A panic ends the wait, or is only noted. */
  panic: 'fails' | 'is-noted';
  /** Of one command on the console, in milliseconds before the time-out scale. */
  commandMs: number;
  shell: () => Promise<SerialConsole>;
}

const pollMs = 500;
/** A page takes its time on an emulated machine: each request that is in vain has twice the patience of the last. */
const firstPatienceMs = 5_000;
const longestPatienceMs = 60_000;

/**
 * Waits until an appliance shows one sign that it is ready.
 *
 * @returns undefined when it came, else in words what came in its place until the deadline.
 * @throws what ends a wait on the machine: it has gone off, its kernel has panicked, nobody can log in.
 */
export async function seeSign(sign: ReadySign, wait: SignWait): Promise<string | undefined> {
  const scale = wait.running.console.timeoutScale;
  if ('console' in sign) {
    const { panic } = wait;
    const timeoutMs = wait.deadline.remainingMs / scale;
    return await wait.running.console.expect(sign.console, { timeoutMs, panic }).then(
      () => undefined,
      (error) => vainWait(error),
    );
  }
  if ('tcp' in sign) return await again(wait, async () => await takesConnection(sign.tcp, wait));
  if ('http' in sign) {
    let patienceMs = firstPatienceMs;
    return await again(wait, async () => {
      // In whole seconds: a time-out has to be a whole number of milliseconds, whatever the scale.
      const leftMs = Math.ceil(wait.deadline.remainingMs / scale / 1000) * 1000;
      const timeoutMs = Math.max(1000, Math.min(patienceMs, leftMs));
      patienceMs = Math.min(2 * patienceMs, longestPatienceMs);
      return await answers(sign.http, wait.running, timeoutMs);
    });
  }
  return await again(wait, async () => await succeeds(sign.command, wait));
}

/** A sign in words: `TCP port 22 takes a connection`. */
export function describeSign(sign: ReadySign): string {
  if ('console' in sign) {
    const { console } = sign;
    return `the console shows ${typeof console === 'string' ? JSON.stringify(console) : console}`;
  }
  if ('tcp' in sign) return `TCP port ${sign.tcp} takes a connection`;
  if ('command' in sign) return `\`${sign.command}\` ends with 0`;
  const { port, path, status, contains } = sign.http;
  const text = contains === undefined ? '' : ` and contains ${JSON.stringify(contains)}`;
  return `http://…:${port}${path} answers with ${status}${text}`;
}

function vainWait(error: unknown): string {
  if (!(error instanceof AssayError) || !overCodes.includes(error.code)) throw error;
  return error.facts.got ?? error.summary;
}

const overCodes = ['VM_CONSOLE_TIMEOUT', 'VM_CONSOLE_SILENT', 'VM_CONSOLE_FLOODED'];

/** Tries until there is nothing that kept it from being; also ends when the machine does. */
async function again(
  { running, deadline, signal, panic }: SignWait,
  attempt: () => Promise<string | undefined>,
): Promise<string | undefined> {
  const failure = running.console.failure(panic === 'fails');
  try {
    let kept: string | undefined = 'there was no time left for it';
    while (!deadline.expired) {
      signal.throwIfAborted();
      kept = await Promise.race([attempt(), failure.promise]).catch(async (error) => {
        // What a request says of a machine that has gone off is not why.
        if (!running.isOn) throw (await running.ended).error;
        throw error;
      });
      if (kept === undefined) return undefined;
      await Promise.race([delay(pollMs, undefined, { signal }), failure.promise]);
    }
    return kept;
  } finally {
    failure.release();
  }
}

/**
 * QEMU takes the connection itself, whether or not anybody listens in the guest: it counts when QEMU says that the guest has taken it,
 * or when the guest sends something.
 */
async function takesConnection(port: number, { running, deadline }: SignWait): Promise<string | undefined> {
  const hostPort = await running.hostPort(port);
  const socket = connect(hostPort, '127.0.0.1');
  const seen = { hasData: false, isClosed: false };
  socket.on('data', () => (seen.hasData = true));
  for (const end of ['end', 'close', 'error']) socket.on(end, () => (seen.isClosed = true));
  try {
    const untilMs = performance.now() + firstPatienceMs;
    while (performance.now() < untilMs && !deadline.expired) {
      await delay(50);
      if (seen.hasData || (await isEstablished(running, hostPort, port))) return undefined;
      if (seen.isClosed) return 'the connection was closed at once';
    }
    return 'nobody answered';
  } finally {
    socket.destroy();
  }
}

/** `TCP[ESTABLISHED]  15  127.0.0.1 43211  10.0.2.15  80  0 0`: the state of QEMU's own connection to the guest. */
async function isEstablished(running: RunningMachine, hostPort: number, port: number): Promise<boolean> {
  const text = await running.qmp.monitor('info usernet');
  return new RegExp(`TCP\\[ESTABLISHED\\]\\s+\\d+\\s+\\S+\\s+${hostPort}\\s+\\S+\\s+${port}\\s`).test(text);
}

type HttpSign = Extract<ReadySign, { http: unknown }>['http'];

async function answers(
  { port, path, status, contains }: HttpSign,
  running: RunningMachine,
  timeoutMs: number,
): Promise<string | undefined> {
  try {
    const answer = await running.request(path, { port, timeoutMs });
    if (answer.status !== status) return `status ${answer.status}`;
    if (contains === undefined || answer.text.includes(contains)) return undefined;
    return `status ${answer.status} and ${answer.text.length} characters without ${JSON.stringify(contains)}`;
  } catch (error) {
    return orThrow(error, ['VM_SERVICE_UNREACHABLE', 'VM_MACHINE_STALLED']);
  }
}

async function succeeds(
  command: string,
  { shell, deadline, commandMs }: SignWait,
): Promise<string | undefined> {
  const console = await shell();
  const timeoutMs = Math.min(commandMs, deadline.remainingMs / console.timeoutScale);
  try {
    const { exitCode, output } = await console.run(withoutPager(command), {
      acceptExitCodes: 'any',
      timeoutMs,
    });
    return exitCode === 0
      ? undefined
      : `status ${exitCode}: ${output.trim().slice(-500) || '(it printed nothing)'}`;
  } catch (error) {
    return orThrow(error, [
      'VM_COMMAND_TIMEOUT',
      'VM_SHELL_ENDED',
      'VM_SHELL_NOT_REACHED',
      'VM_MACHINE_STALLED',
    ]);
  }
}

/** What may be better the next time, in words. */
function orThrow(error: unknown, passing: readonly string[]): string {
  if (error instanceof AssayError && passing.includes(error.code)) {
    return `${error.summary}${error.facts.got === undefined ? '' : `: ${error.facts.got}`}`;
  }
  throw error;
}
