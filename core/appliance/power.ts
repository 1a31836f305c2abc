import { readFile } from 'node:fs/promises';
import { durably } from '../../foundation/durably.ts';
import { announce } from './announce.ts';
import { runProgram } from './run-program.ts';

/** Restarts the machine in good order; never returns. */
export async function restart(reason: string): Promise<never> {
  announce(`RESTART ${reason}`);
  return await leave('reboot');
}

/** Switches the machine off in good order; never returns. */
export async function powerOff(reason: string): Promise<never> {
  announce(`POWER-OFF ${reason}`);
  return await leave('poweroff');
}

/**
 * Everything is unmounted or read-only before the kernel is told: with `-f`, init is not asked, because its polite
 * second of waiting for every process is a second of every restart in manufacture.
 */
async function leave(program: 'reboot' | 'poweroff'): Promise<never> {
  const mounts = await mountedDisks();
  const commands = mounts.map((path) =>
    path === '/' ? 'mount -o remount,ro /' : `umount ${path} || mount -o remount,ro ${path}`,
  );
  await durably('power.sync', async () => void commands.push('sync'));
  await runProgram('sh', ['-c', [...commands, `exec ${program} -f`].join('\n')]);
  return await new Promise<never>(() => {});
}

/** Mount points of disks, innermost first. */
async function mountedDisks(): Promise<string[]> {
  const lines = (await readFile('/proc/mounts', 'utf8')).trim().split('\n');
  const paths = lines.map((line) => line.split(' ')).filter(([device]) => device!.startsWith('/dev/'));
  return paths.map(([, path]) => path!).sort((a, b) => b.length - a.length);
}
