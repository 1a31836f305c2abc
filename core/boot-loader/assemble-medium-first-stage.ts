import { fileURLToPath } from 'node:url';
import { recordFormat, recordKindNumbers } from '../records/index.ts';
import { assemble } from './assemble.ts';
import { nextStartPayloadBytes, nextStartSector, noWatchdog } from './next-start.ts';
import { watchdogPort } from './watchdog.ts';

const sourcePath = fileURLToPath(new URL('medium-first-stage.S', import.meta.url));

/** One block of a CD; what follows it on the medium is what the first stage starts when no disk is to start. */
export const mediumFirstStageBytes = 2048;

/** The machine code of the recovery medium's first stage, exactly one block of a CD. Runs `as` and `ld`. */
export async function assembleMediumFirstStage(): Promise<Buffer> {
  return await assemble({
    sourcePath,
    assemblerArguments: ['--32'],
    linkerArguments: ['-m', 'elf_i386', '-Ttext', '0x600', '--oformat', 'binary'],
    symbols: {
      NEXT_START_SECTOR: nextStartSector,
      VERSION_AND_KIND: recordFormat.version | (recordKindNumbers['next-start'] << 16),
      PAYLOAD_BYTES: nextStartPayloadBytes,
      WATCHDOG_PORT: watchdogPort,
      NO_WATCHDOG: noWatchdog,
    },
  });
}
