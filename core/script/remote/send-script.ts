import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TLSSocket } from 'node:tls';
import { AssayError, errorMessage } from '../../../foundation/index.ts';
import { keyedClientOptions } from './keyed-tls.ts';
import { packageBytes, type ScriptPackage } from './pack-script.ts';
import { type AgentLine, agentLine, agentRefusal, silenceMs } from './script-package.ts';

/** An agent, and what it is asked. */
export interface AgentRequest {
  /** Its address; one that is link-local has its card behind it: `fe80::1%eth0`. */
  host: string;
  port: number;
  key: Uint8Array;
  /** Unique for this script on this machine: an agent begins none twice, however often it is sent. */
  job: string;
}

export type AgentEnd = Extract<AgentLine, { type: 'ended' }>;

/** Why a script was not run on a machine, or not to its end; trying once more is of use only when `isFinal` is false. */
export class SendFailure extends Error {
  readonly isFinal: boolean;

  constructor(message: string, isFinal: boolean, cause?: unknown) {
    super(message, { cause });
    this.isFinal = isFinal;
  }
}

const connectMs = 20_000;

/**
 * Has an agent run a script (spec R10), and tells what it says meanwhile. When the signal is aborted the connection ends,
 * and the machine goes on by itself: half a repair is worse than one that nobody sees.
 *
 * @returns How the script has ended there.
 * @throws SendFailure; SCRIPT_PACKAGE_REFUSED when files have changed since they were packed; the signal's reason.
 */
export async function sendScript(
  scriptPackage: ScriptPackage,
  agent: AgentRequest,
  { log, signal }: { log: (text: string) => void; signal: AbortSignal },
): Promise<AgentEnd> {
  const socket = await connect(agent, signal);
  try {
    const answer = await ask(socket, scriptPackage, agent.job, signal);
    if (answer.statusCode !== 200) throw await refusalOf(answer);
    return await follow(answer, log);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SendFailure || error instanceof AssayError) throw error;
    throw new SendFailure(`the connection broke: ${errorMessage(error)}`, false, error);
  } finally {
    socket.destroy();
  }
}

async function connect({ host, port, key }: AgentRequest, signal: AbortSignal): Promise<TLSSocket> {
  // Not imported: most scripts repair no other machine, and TLS takes tenths of a second to load on slow hardware.
  const { connect: connectTls } = process.getBuiltinModule('node:tls');
  const socket = connectTls({ host, port, ...keyedClientOptions(key) });
  const timeOver = AbortSignal.timeout(connectMs);
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.any([signal, timeOver]) });
    // Errors behind this are met by whoever reads; one that comes in between must not end the program.
    socket.on('error', () => {});
    return socket;
  } catch (error) {
    socket.on('error', () => {}).destroy();
    signal.throwIfAborted();
    const { code = '' } = error as NodeJS.ErrnoException;
    // TLS itself has said no: with another key, a machine cannot read what it is sent.
    const isRefusal = code === 'EPROTO' || code.startsWith('ERR_SSL_');
    if (isRefusal) throw new SendFailure('it is refused: the agent has another key, or is none', true, error);
    const words = timeOver.aborted ? `no answer for ${connectMs / 1000} seconds` : errorMessage(error);
    throw new SendFailure(`it cannot be reached at ${host}: ${words}`, false, error);
  }
}

/** Sends the package when the agent wants it (RFC 9110, 10.1.1), and gives the answer, whose body is still to be read. */
async function ask(
  socket: TLSSocket,
  scriptPackage: ScriptPackage,
  job: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { request } = process.getBuiltinModule('node:http');
  const outgoing: ClientRequest = request({
    ...{ method: 'POST', path: '/scripts', signal, createConnection: () => socket },
    headers: { host: 'assay', expect: '100-continue', 'x-assay-job': job },
  });
  outgoing.setTimeout(silenceMs, () => outgoing.destroy(silent()));
  const isWanted = once(outgoing, 'continue').then(() => true);
  const answered: Promise<[IncomingMessage]> = once(outgoing, 'response') as never;
  outgoing.flushHeaders();
  // Whichever comes second meets its error, too, when nobody waits for it any more.
  for (const promise of [isWanted, answered]) promise.catch(() => {});
  if ((await Promise.race([isWanted, answered])) === true) {
    const sent = pipeline(Readable.from(packageBytes(scriptPackage)), outgoing);
    // An agent that refuses what comes answers before the end.
    await Promise.race([sent, answered]);
    sent.catch(() => {});
  }
  const [answer] = await answered;
  outgoing.on('error', () => {});
  return answer;
}

async function refusalOf(answer: IncomingMessage): Promise<SendFailure> {
  const text = Buffer.concat(await answer.toArray()).toString('utf8');
  const parsed = agentRefusal.safeParse(parseJson(text));
  const words = parsed.success ? parsed.data.message : `HTTP ${answer.statusCode}`;
  // What it is busy with comes to an end.
  return new SendFailure(words, answer.statusCode !== 409);
}

/** Tells what the agent says, line by line, until it says how the script has ended. */
async function follow(answer: IncomingMessage, log: (text: string) => void): Promise<AgentEnd> {
  let last = '';
  try {
    for await (const lines of linesOf(answer.setEncoding('utf8'))) {
      for (const line of lines) {
        const said = agentLine.parse(parseJson(line));
        if (said.type === 'ended') return said;
        if (said.type === 'alive') continue;
        log(said.text);
        last = said.text;
      }
    }
  } catch (error) {
    throw brokenOff(errorMessage(error), last, error);
  }
  throw brokenOff('the machine has hung up', last);
}

/** Whole lines, as many at a time as have come. */
async function* linesOf(texts: AsyncIterable<string>): AsyncGenerator<string[]> {
  let left: string[] = [];
  for await (const text of texts) {
    left.push(text);
    // A line that is long comes in many pieces, which are put together once.
    if (!text.includes('\n')) continue;
    const lines = left.join('').split('\n');
    left = [lines.pop()!];
    yield lines;
  }
}

/** How the script ends there is not known, and it must not be begun once more. */
function brokenOff(words: string, last: string, cause?: unknown): SendFailure {
  return new SendFailure(
    `the connection broke while it ran the script (${words}) after "${last}"`,
    true,
    cause,
  );
}

function silent(): Error {
  return new Error(`nothing came for ${silenceMs / 1000} seconds`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
