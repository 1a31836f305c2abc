import { runProgram } from './run-program.ts';

/**
 * Brings the network up where the boot scripts left it down: on a clone's first boot, and where an appliance without
 * an identity has to be reachable all the same.
 */
export async function startNetwork(): Promise<void> {
  await runProgram('sh', ['-c', 'pidof udhcpc >/dev/null || { network=on; . /etc/rc.d/S40network; }']);
}
