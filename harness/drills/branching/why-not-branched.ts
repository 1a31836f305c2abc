import type { Machine } from '../../../vm/index.ts';
import type { Injection } from '../injection.ts';

/**
 * Why the first start of a machine is really made in this drill, as half a sentence; undefined where a kept one can stand for it.
 * It must not change what is drilled: every fault comes after that start, and nothing that a fault or a moment counts begins with it.
 */
export function whyNotBranched(machine: Machine, injections: readonly Injection[]): string | undefined {
  if (injections.some(({ subject }) => subject?.machine !== machine)) return 'a fault is for another machine';
  if (injections.some(({ hasFired }) => hasFired)) return 'a fault comes before it';
  const early = injections.find(({ planned }) => !comesLater(planned));
  if (early !== undefined) return `${early.text} may come before it ends`;
  return whyNotKept(machine);
}

/** What a console shows is looked at when it is known. */
function comesLater({ declaration, moment }: Injection['planned']): boolean {
  if (declaration.needsTrueClock) return false;
  return moment.kind === 'console' || (moment.kind === 'power-on' && moment.number > 1);
}

/** What a kept state does not have, or could not have twice. */
function whyNotKept({ hardware, checkpoints, context, secrets }: Machine): string | undefined {
  const { disks, nics, cdPath, virtualTime, firmware } = hardware;
  if (checkpoints.hasStarted) return 'it is not the first';
  if (hardware.checkpoints) return 'the scenario takes checkpoints itself';
  if (context.record) return 'it is recorded for a replay';
  if (virtualTime) return 'its time is virtual';
  if (firmware === 'uefi') return 'the variables of its firmware would not be kept';
  if (cdPath !== undefined) return 'it has a CD drive';
  if (secrets.size > 0) return 'a secret was typed into it';
  if (disks.some(({ intercepted, writeLog }) => intercepted || writeLog))
    return 'requests to its disks are counted';
  if (disks.some(({ writes }) => writes === 'discarded')) return 'a disk of it discards what is written';
  if (disks.some(({ controller }) => controller === 'nvme')) return 'the state of nvme cannot be saved';
  const isAlone = nics.every(({ network, services }) => network === undefined && services.length === 0);
  return isAlone ? undefined : 'it is connected to others';
}
