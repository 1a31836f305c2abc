import { fileURLToPath } from 'node:url';
import type { ResolvedLayout } from '../layout/resolve-layout.ts';
import { assemble } from './assemble.ts';
import { watchdogPort, watchdogValue } from './watchdog.ts';

const sourcePath = fileURLToPath(new URL('feed-watchdog.S', import.meta.url));

/**
 * The program by which an appliance feeds the watchdog of its layout, an executable of some hundred bytes for x86-64
 * Linux; null when the layout has none. {@link openWatchdog} runs it.
 */
export async function assembleWatchdogFeeder({
  watchdog,
}: Pick<ResolvedLayout, 'watchdog'>): Promise<Buffer | null> {
  if (watchdog === undefined) return null;
  return await assemble({
    sourcePath,
    assemblerArguments: ['--64'],
    linkerArguments: ['-m', 'elf_x86_64', '-n', '-s', '--build-id=none'],
    symbols: { WATCHDOG_PORT: watchdogPort, WATCHDOG_VALUE: watchdogValue(watchdog) },
  });
}
