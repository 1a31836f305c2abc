import { z } from 'zod';
import { errorMessage } from '../../../foundation/index.ts';
import { type StepContext, stepKind } from '../../script/step-kind.ts';
import { knownStateErrors } from '../errors.ts';
import { type FoundDecision, findDecision } from '../find-decision.ts';
import { keepDecision } from '../kept-decision.ts';
import { markPartition } from '../mark-partition.ts';
import { systemPartitions } from '../redundant-layout.ts';
import { changeBootStates } from '../state-store.ts';
import {
  type KnownStateMachine,
  knownStateMachine,
  openSystem,
  openSystemPack,
  type RedundantSystem,
  systemOption,
} from './known-state-machine.ts';

const share = z
  .string()
  .regex(/^1\/[1-9]\d{0,2}$/, 'a share is written as 1/8')
  .transform((text) => Number(text.slice(2)));

/** Eight starts, and every block was read once. */
const usualParts = 8;

const options = z.strictObject({
  system: systemOption,
  candidates: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('The system partitions in the order in which they are tried; that of the layout by default.'),
  check: z
    .union([z.enum(['quick', 'full']), z.strictObject({ quick: share })], {
      error: 'must be quick, full, or { quick: 1/8 }',
    })
    .default('quick')
    .describe(
      'full: every block is read. quick: those that are needed to start, and a share of the others by turns.',
    ),
});

type Options = z.output<typeof options>;

/**
 * Makes the kind `choose-partition` (spec B2 to B4): the partition that `continue-boot` starts. Those that are passed over
 * for what was found now are marked Dirty.
 */
export function makeChoosePartition(machine: KnownStateMachine) {
  return stepKind({
    name: 'choose-partition',
    summary: 'choose the system partition that starts, by its content and the boot states',
    options,
    async run(written, context) {
      const system = await openSystem(written.system, machine, context);
      const found = await find(written, system, machine, context);
      await markPassedOver(found, system, machine, context);
      await keepDecision(machine.decisionPath, found);
      const { decision, reports } = found;
      context.log(`BOOT decision ${JSON.stringify(decision)}`);
      if (decision.action !== 'boot') throw refusal(found);
      const { checkedBytes = 0, bytesPerSecond = 0 } = reports[decision.partition] ?? {};
      return { partition: decision.partition, reason: decision.reason, checkedBytes, bytesPerSecond };
    },
  });
}

/** Chooses the partition that starts. */
export const choosePartition = makeChoosePartition(knownStateMachine);

async function find(
  { system, candidates: wanted, check }: Options,
  { configuration, located }: RedundantSystem,
  { open }: KnownStateMachine,
  context: StepContext,
): Promise<FoundDecision> {
  const known = systemPartitions(configuration.layout).map(({ name }) => name);
  const candidates = wanted ?? known;
  const wrong = candidates.filter(
    (name, index) => !known.includes(name) || candidates.indexOf(name) !== index,
  );
  if (wrong.length > 0) {
    throw knownStateErrors.KNOWN_STATE_PARTITION_UNKNOWN({
      tried: 'choose among the candidates',
      expected: known.join(', '),
      got: wrong.join(', '),
    });
  }
  const parts = check === 'full' ? 1 : check === 'quick' ? usualParts : check.quick;
  await using pack = await openSystemPack(system, context);
  const { signal, log } = context;
  const { bootRecords } = pack;
  return await findDecision({ configuration, located, bootRecords, candidates, parts, open, signal, log });
}

async function markPassedOver(
  { decision, findings, problems }: FoundDecision,
  { located }: RedundantSystem,
  { open }: KnownStateMachine,
  { log }: StepContext,
): Promise<void> {
  const isNew = (name: string) => findings.partitions.find((one) => one.name === name)?.state !== 'Dirty';
  const names = decision.dirty.filter(isNew);
  if (names.length === 0) return;
  try {
    await changeBootStates(
      located.partitions,
      (states) => names.reduce((all, name) => markPartition(all, name, 'Dirty', problems[name]), states),
      open,
    );
  } catch (error) {
    // What starts now is marked before it starts; that decides. For a recovery this may be what it mends.
    log(errorMessage(error));
  }
}

function refusal({ decision, problems, findings }: FoundDecision): Error {
  const facts = {
    tried: `choose among ${findings.partitions.map(({ name }) => name).join(', ')}`,
    got: [decision.reason, ...Object.entries(problems).map(([name, problem]) => `${name}: ${problem}`)].join(
      '\n            ',
    ),
  };
  return decision.action === 'give-up'
    ? knownStateErrors.KNOWN_STATE_GIVEN_UP(facts)
    : knownStateErrors.KNOWN_STATE_NO_BOOTABLE_PARTITION(facts);
}
