import type { AttachedTogether } from '../../../reports/validation/proof-report.ts';
import { asEvidence } from '../../inspection/file-systems/printable.ts';
import type { Finding } from '../../inspection/finding.ts';
import type { ProofFindingKind } from './proof-finding-kinds.ts';
import type { TogetherCollector } from './together.ts';
import type { TogetherFindingKind } from './together-finding-kinds.ts';
import { bootOrders } from './together-orders.ts';

/**
 * What original and clone in one machine say of the disk. It was started from the first one, for the firmware goes by its order; which one the system takes
 * afterwards is the question. Pure.
 */
export function togetherFindings({ attached, failures }: TogetherCollector): Finding[] {
  const untried = bootOrders.filter((order) => !attached.some((one) => one.order.join() === order.join()));
  return [
    ...attached.flatMap((one) => [...writtenFindings(one), ...readyFindings(one)]),
    ...failures.map(({ order, text }) => findingOf('proof-incomplete', order, text)),
    ...untried
      .filter((order) => !failures.some((failure) => failure.order.join() === order.join()))
      .map((order) => findingOf('proof-incomplete', order, 'it was not tried')),
  ];
}

function writtenFindings({ order, written }: AttachedTogether): Finding[] {
  const [first, ...others] = order.map(
    (disk) => written.find((one) => one.disk === disk)?.changedBlocks ?? 0,
  );
  if (others.every((blocks) => blocks === 0)) return [];
  const kind = first === 0 ? 'boots-one-disk-and-writes-the-other' : 'writes-both-disks';
  const told = written.map(({ disk, changedBlocks }) => `${changedBlocks} blocks of the ${disk}`).join(', ');
  return [findingOf(kind, order, `started from the ${order[0]}, it has changed ${told}`)];
}

function readyFindings({ order, failure }: AttachedTogether): Finding[] {
  return failure === undefined ? [] : [findingOf('not-ready-with-its-clone-attached', order, failure)];
}

function findingOf(
  kind: TogetherFindingKind | ProofFindingKind,
  order: readonly string[],
  evidence: string,
): Finding {
  return { kind, where: `${order.join(' and ')} in one machine`, evidence: asEvidence(evidence) };
}
