import { vmErrors } from './errors.ts';

/**
 * Finds the host's port in what QEMU's monitor says on `info usernet`:
 * `TCP[HOST_FORWARD]  12  127.0.0.1 43211  10.0.2.15  80  0 0`. QEMU lets the kernel choose it, so that machines
 * that run side by side never want the same one.
 *
 * @throws VM_SPEC_INVALID when the guest's port is not forwarded.
 */
export function hostPortOf(usernetInfo: string, guestPort: number, machineName: string): number {
  for (const line of usernetInfo.split('\n')) {
    const forward = /TCP\[HOST_FORWARD\]\s+\d+\s+\S+\s+(\d+)\s+\S+\s+(\d+)/.exec(line);
    if (forward && Number(forward[2]) === guestPort) return Number(forward[1]);
  }
  throw vmErrors.VM_SPEC_INVALID({
    tried: `reach TCP port ${guestPort} of machine ${machineName}`,
    expected: `a NIC that declares it: forwardTcpPorts: [${guestPort}]`,
  });
}
