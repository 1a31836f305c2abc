import { z } from 'zod';
import { stepKind } from '../../script/step-kind.ts';
import { checkBootRecords } from '../check-boot-record.ts';
import { knownStateErrors } from '../errors.ts';
import {
  type KnownStateMachine,
  knownStateMachine,
  openSystem,
  openSystemPack,
  systemOption,
} from './known-state-machine.ts';

const options = z.strictObject({ system: systemOption });

/** Makes the kind `verify-boot-record` (spec B2). */
export function makeVerifyBootRecord(machine: KnownStateMachine) {
  return stepKind({
    name: 'verify-boot-record',
    summary: 'compare the boot records of the disks with system partitions with those that were built',
    options,
    async run({ system }, context) {
      const { located } = await openSystem(system, machine, context);
      await using pack = await openSystemPack(system, context);
      const findings = await checkBootRecords(located.disks, pack.bootRecords, machine.open);
      const bad = findings.filter(({ integrity }) => integrity !== 'intact');
      if (bad.length === 0) return { disks: findings.length };
      throw knownStateErrors.KNOWN_STATE_BOOT_RECORD_DAMAGED({
        tried: 'verify the boot records',
        where: bad.map(({ disk }) => `disk ${disk}`).join(', '),
        got: bad
          .map(({ disk, integrity, problem }) => `${disk} is ${integrity}: ${problem}`)
          .join('\n            '),
      });
    },
  });
}

/** Verifies the boot records. */
export const verifyBootRecord = makeVerifyBootRecord(knownStateMachine);
