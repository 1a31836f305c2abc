import type { BootStates } from '../boot-state.ts';

/**
 * The partitions that come before the running one, and why they were not started, as the boot states say (spec B6). Pure.
 *
 * @param order In which partitions are preferred; the running one need not be among them.
 */
export function passedOverPartitions(
  order: readonly string[],
  running: string,
  states: BootStates | null,
): Record<string, string> {
  const place = order.indexOf(running);
  const before = place === -1 ? order : order.slice(0, place);
  return Object.fromEntries(before.map((name) => [name, whyNot(states, name)]));
}

function whyNot(states: BootStates | null, name: string): string {
  const entry = states?.partitions[name];
  if (entry === undefined) return 'its state is unknown';
  return entry.reason === '' ? entry.state : entry.reason;
}
