import { errorMessage } from '../foundation/index.ts';
import { vmErrors } from './errors.ts';

/** One HTTP request to a machine: `running.request(path, request)`. */
export interface GuestRequest {
  /** The guest's TCP port; 80 by default. */
  port?: number;
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
  /** Milliseconds, before the time-out scale; 10 000 by default. */
  timeoutMs?: number;
}

/** The answer to a request, whatever its status. */
export interface GuestResponse {
  /** HTTP status: 200, 404. */
  status: number;
  /** The body as UTF-8. */
  text: string;
  bytes: Uint8Array;
}

const defaultTimeoutMs = 10_000;

/**
 * One HTTP request to a guest through QEMU's forwarded port. QEMU accepts the connection itself, whether or not
 * anybody listens in the guest: only an answer proves something.
 *
 * @throws VM_SERVICE_UNREACHABLE when no complete answer comes in time.
 */
export async function requestFromGuest(
  machineName: string,
  hostPort: number,
  path: string,
  request: GuestRequest,
  timeoutScale: number,
): Promise<GuestResponse> {
  const limitMs = (request.timeoutMs ?? defaultTimeoutMs) * timeoutScale;
  const { method = 'GET', headers, body } = request;
  try {
    const response = await fetch(`http://127.0.0.1:${hostPort}${path}`, {
      method,
      headers: { ...headers, connection: 'close' },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(Math.ceil(limitMs)),
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { status: response.status, bytes, text: new TextDecoder().decode(bytes) };
  } catch (error) {
    const cause = error instanceof Error && error.cause ? `: ${errorMessage(error.cause)}` : '';
    throw vmErrors.VM_SERVICE_UNREACHABLE(
      {
        tried: `${method} http://${machineName}:${request.port ?? 80}${path}`,
        expected: `an answer within ${limitMs / 1000} s`,
        got: `${errorMessage(error)}${cause}`,
      },
      error,
    );
  }
}
