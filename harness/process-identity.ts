import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A process for good: its number alone is given again to others, start time and boot are not. */
export const processIdentitySchema = z.strictObject({
  pid: z.int().positive(),
  /** Clock ticks from the host's boot to the start of the process (field 22 of /proc/PID/stat). */
  startTicks: z.string(),
  bootId: z.string(),
});

export type ProcessIdentity = z.output<typeof processIdentitySchema>;

/** Who this process is. */
export function ownIdentity(): ProcessIdentity {
  const startTicks = startTicksOf(process.pid);
  if (startTicks === undefined) throw new Error('/proc has no entry for this process');
  return { pid: process.pid, startTicks, bootId: bootId() };
}

/** Whether that very process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identity.bootId === bootId() && startTicksOf(identity.pid) === identity.startTicks;
}

function startTicksOf(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // Field 2 is the program's name in brackets, which may itself hold blanks and brackets: count from the last one.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended; only its parent has not looked yet.
  return state === 'Z' || state === 'X' ? undefined : rest[18];
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}
