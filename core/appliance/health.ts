import { request } from 'node:http';
import { pagePort } from '../applications/application.ts';
import { coreErrors } from '../errors.ts';
import type { ApplicationSet } from './application-set.ts';

/** What a health check saw. */
export interface HealthReport {
  page: string;
  sql: string;
}

/**
 * Checks the appliance as its user would: the page answers over TCP, an SQL query through it succeeds, and every
 * application says that it is well.
 *
 * @throws CORE_NOT_HEALTHY
 */
export async function checkHealth(applications: ApplicationSet): Promise<HealthReport> {
  try {
    const page = await ask('GET', '/');
    if (page.status !== 200 || !page.body.includes('<!doctype html>'))
      throw new Error(`page: ${page.status}`);
    const sql = await ask('POST', '/api/sql', { statement: "select value from facts where name = 'schema'" });
    if (sql.body.trim() !== '{"rows":[{"value":"1"}]}') throw new Error(`SQL: ${sql.status} ${sql.body}`);
    await applications.check();
    return { page: `tcp/${pagePort}`, sql: 'answered' };
  } catch (error) {
    const got = error instanceof Error ? error.message : String(error);
    throw coreErrors.CORE_NOT_HEALTHY({ tried: 'check the appliance', got }, error);
  }
}

const limitMs = 30_000;

async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const sent = request({ host: '127.0.0.1', port: pagePort, method, path, timeout: limitMs, agent: false });
  sent.on('timeout', () => sent.destroy(new Error(`no answer to ${method} ${path} within ${limitMs} ms`)));
  sent.on('error', reject);
  sent.on('response', async (response) => {
    try {
      let text = '';
      for await (const piece of response.setEncoding('utf8')) text += piece;
      resolve({ status: response.statusCode ?? 0, body: text });
    } catch (error) {
      reject(error);
    }
  });
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  return await promise;
}
