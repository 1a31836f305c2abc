import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';

export interface HttpOptions {
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
  /** Sent to this host only, not to one that it sends us on to. */
  user?: string;
  password?: string;
  signal: AbortSignal;
}

/** An answer that says no; asking once more is of use only when `isFinal` is false. */
export class HttpRefusal extends Error {
  readonly isFinal: boolean;

  constructor(message: string, isFinal: boolean) {
    super(message);
    this.isFinal = isFinal;
  }
}

const silenceMs = 30_000;
const redirectLimit = 5;

/**
 * Asks a server and gives its answer, whose body is still to be read. Redirections of a GET are followed (RFC 9110,
 * 15.4). Ends with an error when nothing comes for 30 seconds.
 *
 * @throws HttpRefusal when the answer is not one of success; errors of the network.
 */
export async function requestHttp(url: URL, options: HttpOptions): Promise<IncomingMessage> {
  let place = url;
  for (let redirects = 0; redirects <= redirectLimit; redirects += 1) {
    const answer = await ask(place, options, place.origin === url.origin);
    const { statusCode = 0, statusMessage } = answer;
    if (statusCode >= 200 && statusCode < 300) return answer;
    answer.destroy();
    const { location } = answer.headers;
    const isRedirect = [301, 302, 303, 307, 308].includes(statusCode) && options.method !== 'POST';
    if (!isRedirect || location === undefined) {
      throw new HttpRefusal(`HTTP ${statusCode} ${statusMessage}`.trim(), statusCode < 500);
    }
    place = new URL(location, place);
    if (!/^https?:$/.test(place.protocol)) throw new HttpRefusal(`redirected to ${place.protocol}`, true);
  }
  throw new HttpRefusal(`redirected more than ${redirectLimit} times`, true);
}

async function ask(url: URL, options: HttpOptions, isSameHost: boolean): Promise<IncomingMessage> {
  const { method = 'GET', headers = {}, body, user, password = '', signal } = options;
  // Not imported: most scripts fetch nothing, and HTTPS alone takes tenths of a second to load on slow hardware. Nor by
  // `import()`, which would load the whole of Node's other HTTP client, too.
  const { request } =
    url.protocol === 'https:'
      ? process.getBuiltinModule('node:https')
      : process.getBuiltinModule('node:http');
  const basic = Buffer.from(`${user}:${password}`).toString('base64');
  const outgoing = request(url, {
    ...{ method, signal, agent: false },
    headers: {
      'user-agent': 'assay',
      ...headers,
      ...(user !== undefined && isSameHost && { authorization: `Basic ${basic}` }),
      ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
    },
  });
  outgoing.setTimeout(silenceMs, () => {
    outgoing.destroy(new Error(`nothing came for ${silenceMs / 1000} seconds`));
  });
  outgoing.end(body);
  const [answer] = await once(outgoing, 'response');
  // Errors behind the answer are those of its stream; without this one, the request's own would end the program.
  outgoing.on('error', () => {});
  return answer as IncomingMessage;
}
