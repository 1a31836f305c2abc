import type { BootState, BootStates } from './boot-state.ts';

/**
 * The states with that of one partition changed (spec B3). Pure.
 *
 * @param reason Why, in one line for people; empty when there is nothing to say.
 */
export function markPartition(
  states: BootStates,
  name: string,
  state: BootState,
  reason = '',
  time = new Date(),
): BootStates {
  const entry = { state, time: time.toISOString(), reason };
  return { ...states, partitions: { ...states.partitions, [name]: entry } };
}
