import { fileURLToPath } from 'node:url';
import { coreErrors } from '../errors.ts';
import { findPartition, findRecord } from '../layout/find-in-layout.ts';
import { bootCodeBytes } from '../layout/partition-table.ts';
import type { ResolvedLayout } from '../layout/resolve-layout.ts';
import { assemble } from './assemble.ts';
import { watchdogPort, watchdogValue } from './watchdog.ts';

const sourcePath = fileURLToPath(new URL('master-boot-record.S', import.meta.url));

const tableOffsetBytes = 446;
const entryBytes = 16;

/**
 * The machine code of the master boot record for a layout, at most 440 bytes: it knows the sectors of the boot control
 * record and the numbers of the two system partitions. Runs `as` and `ld`.
 *
 * @throws CORE_BOOT_CODE_TOO_LARGE, CORE_LAYOUT_PART_MISSING
 */
export async function assembleMasterBootRecord(layout: ResolvedLayout): Promise<Buffer> {
  const [recordA, recordB] = findRecord(layout, 'system', 'boot-control').sectors;
  const code = await assemble({
    sourcePath,
    assemblerArguments: ['--32'],
    linkerArguments: ['-m', 'elf_i386', '-Ttext', '0x600', '--oformat', 'binary'],
    symbols: {
      RECORD_A: recordA!,
      RECORD_B: recordB!,
      PRIMARY_ENTRY: entryOffset(findPartition(layout, 'primary-system').partition.number),
      EMERGENCY_ENTRY: entryOffset(findPartition(layout, 'emergency-system').partition.number),
      ...watchdogSymbols(layout),
    },
  });
  if (code.length <= bootCodeBytes) return code;
  throw coreErrors.CORE_BOOT_CODE_TOO_LARGE({
    tried: 'assemble the master boot record',
    where: sourcePath,
    expected: `at most ${bootCodeBytes} bytes`,
    got: `${code.length} bytes`,
  });
}

function entryOffset(partitionNumber: number): number {
  return tableOffsetBytes + (partitionNumber - 1) * entryBytes;
}

function watchdogSymbols({ watchdog }: ResolvedLayout): Record<string, number> {
  if (watchdog === undefined) return {};
  return { WATCHDOG_PORT: watchdogPort, WATCHDOG_VALUE: watchdogValue(watchdog) };
}
