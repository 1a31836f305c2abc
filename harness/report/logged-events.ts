import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { eventLogName, type RunEventOf, runEventSchema } from '../../reports/index.ts';

export type LoggedEvent = RunEventOf<'qmp' | 'console'>;

/** The events of one scenario that only the log has; of very many, the first and the last. */
export interface LoggedEvents {
  events: LoggedEvent[];
  omitted: number;
}

/** So many of a scenario are kept from its beginning, and as many from its end. */
const keptAtEachEnd = 400;

/** No event is longer (`events.ts` cuts its texts); a line that is cannot be one. */
const longestLine = 64 * 1024;

/**
 * Reads QMP events and console markers from the log of a run, in one pass and without keeping more of them than a
 * page can show. Lines that cannot be read are left out: a log that was torn still gives a report.
 *
 * @returns By scenarioId.
 * @throws what the file system says.
 */
export async function readLoggedEvents(runFolder: string): Promise<Map<string, LoggedEvents>> {
  const scenarios = new Map<string, { head: unknown[]; tail: unknown[]; omitted: number }>();
  const input = createReadStream(join(runFolder, eventLogName));
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    const event = objectIn(line);
    if (typeof event?.scenarioId !== 'string') continue;
    const scenario = scenarios.get(event.scenarioId) ?? { head: [], tail: [], omitted: 0 };
    scenarios.set(event.scenarioId, scenario);
    if (scenario.head.length < keptAtEachEnd) scenario.head.push(event);
    else scenario.tail.push(event);
    if (scenario.tail.length < keptAtEachEnd * 2) continue;
    scenario.omitted += keptAtEachEnd;
    scenario.tail.splice(0, keptAtEachEnd);
  }
  return new Map(
    [...scenarios].map(([scenarioId, { head, tail, omitted }]) => {
      const surplus = Math.max(0, tail.length - keptAtEachEnd);
      const events = [...head, ...tail.slice(surplus)].flatMap(loggedEvent);
      return [scenarioId, { events, omitted: omitted + surplus }];
    }),
  );
}

/** Most lines are of other kinds, and are told apart by how they begin. */
function objectIn(line: string): { scenarioId?: unknown } | undefined {
  if (!/^\{"kind":"(qmp|console)"/.test(line) || line.length > longestLine) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function loggedEvent(value: unknown): LoggedEvent[] {
  const { data } = runEventSchema.safeParse(value);
  return data?.kind === 'qmp' || data?.kind === 'console' ? [data] : [];
}
