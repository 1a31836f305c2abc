import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuestRequest, GuestResponse, Machine, RunningMachine } from '../../vm/index.ts';
import { harnessErrors } from '../errors.ts';
import { type LcdFrame, readLcdFrames } from '../witness/index.ts';

/** What an appliance offers over its network, and on its display. */
export abstract class ApplianceServices {
  abstract readonly name: string;
  abstract readonly machine: Machine;
  /** The machine while it is on. @throws HARNESS_APPLIANCE_OFF */
  abstract get running(): RunningMachine;

  /** What it says of itself over the network. */
  async status(): Promise<Record<string, unknown>> {
    return this.#object('/api/status', await this.#json('GET', '/api/status'));
  }

  /** Runs one SQL statement; the rows of a query, or nothing. @throws HARNESS_APPLIANCE_ANSWER */
  async sql(statement: string, parameters: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    const answer = this.#object('/api/sql', await this.#json('POST', '/api/sql', { statement, parameters }));
    return (answer.rows as Record<string, unknown>[] | undefined) ?? [];
  }

  /** Its settings as its page has them. @throws HARNESS_APPLIANCE_ANSWER, VM_SERVICE_UNREACHABLE */
  async settings(): Promise<unknown> {
    return await this.#json('GET', '/api/settings');
  }

  /** Changes the settings that are named, over its page's own interface. @throws HARNESS_APPLIANCE_ANSWER */
  async changeSettings(settings: Record<string, unknown>): Promise<void> {
    await this.#json('PUT', '/api/settings', settings);
  }

  /** Gives one of the appliance's own commands: `POST` to a path, with a body as JSON. @throws HARNESS_APPLIANCE_ANSWER */
  async command(path: string, body?: unknown): Promise<unknown> {
    return await this.#json('POST', path, body);
  }

  /** What its display shows now. @throws HARNESS_APPLIANCE_ANSWER when the display shows something malformed */
  async display(): Promise<LcdFrame> {
    const { frames, malformed } = readLcdFrames(await readFile(join(this.machine.folder, 'lcd.log')));
    const frame = frames.at(-1);
    if (frame !== undefined && malformed.length === 0) return frame;
    throw harnessErrors.HARNESS_APPLIANCE_ANSWER({
      tried: `read the display of appliance ${this.name}`,
      expected: 'at least one complete frame, and none that is malformed',
      got: malformed.join('; ') || 'no frame',
    });
  }

  /**
   * Any HTTP request to its page, port 80.
   *
   * @param path With its leading slash.
   * @throws HARNESS_APPLIANCE_OFF, VM_SERVICE_UNREACHABLE
   */
  async request(path: string, request?: GuestRequest): Promise<GuestResponse> {
    return await this.running.request(path, request);
  }

  async #json(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<unknown> {
    const request = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const answer = await this.request(path, request);
    const tried = `${method} ${path} on appliance ${this.name}`;
    const got = `${answer.status}: ${answer.text.trim().slice(0, 500)}`;
    if (answer.status < 200 || answer.status >= 300) {
      throw harnessErrors.HARNESS_APPLIANCE_ANSWER({ tried, expected: 'a status of 200 to 299', got });
    }
    try {
      return JSON.parse(answer.text);
    } catch (error) {
      // Who answers nonsense has failed, not who reads it.
      throw harnessErrors.HARNESS_APPLIANCE_ANSWER({ tried, expected: 'JSON', got }, error);
    }
  }

  #object(path: string, answer: unknown): Record<string, unknown> {
    if (typeof answer === 'object' && answer !== null) return answer as Record<string, unknown>;
    throw harnessErrors.HARNESS_APPLIANCE_ANSWER({
      tried: `read the answer of ${path} of appliance ${this.name}`,
      expected: 'a JSON object',
      got: JSON.stringify(answer),
    });
  }
}
