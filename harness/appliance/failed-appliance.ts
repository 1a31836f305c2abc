import { heldUp, type Machine } from '../../vm/index.ts';
import { harnessErrors } from '../errors.ts';

/** What is asked of a machine whose appliance has said that it failed. */
export type FailedMachine = Pick<Machine, 'running'>;

/**
 * The error of an appliance that says that it has failed. It is believed, but for one case: its hardware watchdog has reset it
 * since it was switched on, and the host starved it all that time. No start could come up then, and what counts failed starts
 * does as it should (design 9).
 *
 * @param starved How the host has held the machine up since it was switched on, in words.
 * @returns HARNESS_APPLIANCE_FAILED, or HARNESS_APPLIANCE_STARVED
 */
export function failedAppliance(
  machine: FailedMachine,
  facts: { tried: string; line: string },
  starved: (machine: FailedMachine) => string | undefined = (one) => heldUp(one as Machine, 0),
): Error {
  const { tried, line } = facts;
  const got = `${line}\n${machine.running?.console.tail(20).join('\n') ?? ''}`;
  const bites = machine.running?.qmpEvents.filter(({ event }) => event === 'WATCHDOG').length ?? 0;
  const evidence = bites === 0 ? undefined : starved(machine);
  if (evidence === undefined) return harnessErrors.HARNESS_APPLIANCE_FAILED({ tried, got });
  const times = bites === 1 ? 'once' : `${bites} times`;
  return harnessErrors.HARNESS_APPLIANCE_STARVED({
    tried,
    expected: 'its share of the host',
    got: `its watchdog reset it ${times}, and ${evidence}\n${got}`,
  });
}
