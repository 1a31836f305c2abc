import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { composeMail, type Mail } from './mail-message.ts';

export interface MailServer {
  host: string;
  port: number;
}

const silenceMs = 30_000;

/**
 * Hands a message to a server by SMTP (RFC 5321): without encryption and without a password, as the mail relay of a local
 * network takes it.
 *
 * @throws what the server answered when it refuses; errors of the network.
 */
export async function sendMail(mail: Mail, server: MailServer, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const socket = createConnection(server);
  const end = () => socket.destroy(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  socket.setTimeout(silenceMs, () => {
    socket.destroy(new Error(`nothing came for ${silenceMs / 1000} seconds`));
  });
  // Errors are met by whoever reads next; one that comes in between must not end the program.
  socket.on('error', () => {});
  try {
    await once(socket, 'connect');
    await converse(new Conversation(socket), mail);
  } finally {
    signal.removeEventListener('abort', end);
    socket.destroy();
  }
}

async function converse(conversation: Conversation, mail: Mail): Promise<void> {
  await conversation.expect(220, 'the greeting');
  // A server of old does not know EHLO (RFC 5321, 4.1.1.1).
  const hello = await conversation.send(`EHLO ${mail.host}`);
  if (hello.code !== 250) await conversation.command(`HELO ${mail.host}`, 250);
  await conversation.command(`MAIL FROM:<${mail.from}>`, 250);
  for (const address of mail.to) await conversation.command(`RCPT TO:<${address}>`, 250, 251);
  await conversation.command('DATA', 354);
  // A line that is one dot would be the end (RFC 5321, 4.5.2).
  await conversation.write(`${composeMail(mail).replace(/^\./gm, '..')}.\r\n`);
  await conversation.expect(250, 'the message');
  // It has the message now; how it says good-bye is its affair.
  await conversation.send('QUIT').catch(() => {});
}

interface Reply {
  code: number;
  text: string;
}

/** Commands and replies, one after the other. */
class Conversation {
  readonly #socket: Socket;
  readonly #chunks: AsyncIterator<Buffer>;
  #received = '';

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#chunks = socket[Symbol.asyncIterator]();
  }

  async command(line: string, ...codes: number[]): Promise<void> {
    await this.write(`${line}\r\n`);
    await this.expect(codes, line);
  }

  async send(line: string): Promise<Reply> {
    await this.write(`${line}\r\n`);
    return await this.#reply();
  }

  async write(text: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#socket.write(text, (error) => (error ? reject(error) : resolve()));
    await promise;
  }

  async expect(codes: number | readonly number[], what: string): Promise<void> {
    const { code, text } = await this.#reply();
    if (![codes].flat().includes(code)) throw new Error(`the server's answer to ${what} is ${text}`);
  }

  /** All but the last line of a reply have a hyphen behind the code (RFC 5321, 4.2.1). */
  async #reply(): Promise<Reply> {
    for (;;) {
      const reply = /^(?:\d{3}-[^\n]*\n)*(\d{3})(?: [^\n]*)?\r?\n/.exec(this.#received);
      if (reply !== null) {
        this.#received = this.#received.slice(reply[0].length);
        return { code: Number(reply[1]), text: reply[0].trim().replace(/\r?\n/g, ' | ') };
      }
      if (this.#received.length > 65_536) throw new Error('the server does not speak SMTP');
      const { value, done } = await this.#chunks.next();
      if (done) throw new Error('the server has hung up');
      this.#received += value.toString('latin1');
    }
  }
}
