import type { RunEvent } from '../reports/index.ts';

export interface BootCount {
  powerOns: number;
  /** The guest restarted itself, or a reset button or a watchdog did. */
  restarts: number;
  total: number;
}

/** The firmware resets the machine again while it restarts, some times; no guest comes this far in this time. */
const oneRestartMs = 1000;

/** How often machines started from their firmware in a run, by its event log. */
export function countBoots(events: readonly RunEvent[]): BootCount {
  const powerOns = events.filter((event) => event.kind === 'power' && event.action === 'on').length;
  const restarts = countRestarts(events);
  return { powerOns, restarts, total: powerOns + restarts };
}

function countRestarts(events: readonly RunEvent[]): number {
  const lastAtMs = new Map<string, number>();
  let restarts = 0;
  for (const event of events) {
    if (event.kind !== 'qmp' || event.name !== 'RESET') continue;
    const beforeMs = lastAtMs.get(event.machine) ?? Number.NEGATIVE_INFINITY;
    if (event.atMs - beforeMs > oneRestartMs) restarts += 1;
    lastAtMs.set(event.machine, event.atMs);
  }
  return restarts;
}
