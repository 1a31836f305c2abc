import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { durably } from '../../../foundation/index.ts';
import { announce } from '../../appliance/announce.ts';

/** What can be put in order before a reset is; a disk that hangs must not keep the machine from it. */
const limitMs = 10_000;

/**
 * Resets the machine without asking init: the boot states stay as they are, and the medium decides what comes next
 * (spec B7). File systems on disks are unmounted or made read-only before. Never returns.
 */
export async function resetMachine(reason: string): Promise<never> {
  announce(`RESET ${reason}`);
  await Promise.race([letGo(), pause(limitMs)]);
  // The kernel's own way, which waits for nothing.
  writeFileSync('/proc/sysrq-trigger', 'b');
  return await new Promise<never>(() => {});
}

const letGoOfDisks = `
grep ^/dev/ /proc/mounts | while read -r device folder rest; do
  [ "$folder" = / ] || umount "$folder" || mount -o remount,ro "$folder"
done`;

async function letGo(): Promise<void> {
  const commands = [letGoOfDisks];
  await durably('reset-machine.sync', async () => void commands.push('sync'));
  const words = ['-c', [...commands, 'exec reboot -f'].join('\n')];
  const shell = spawn('sh', words, { stdio: 'ignore' });
  await once(shell, 'exit').catch(() => {});
}
