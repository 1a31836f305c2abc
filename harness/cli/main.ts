// Node has four threads for files unless told otherwise; a clone of many disks keeps more busy.
process.env.UV_THREADPOOL_SIZE ??= '16';

import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { defaultCachePath } from '../../foundation/cache-path.ts';

// Reading TypeScript and compiling it is half of the time that a short command takes; so it is done once. What
// follows is imported only now, for static imports are compiled before the first line runs.
enableCompileCache(join(defaultCachePath(), 'node'));
const { goOnWhenNobodyReads } = await import('./broken-pipe.ts');
const { runCommandLine } = await import('./command-line.ts');
const { printError } = await import('./print-error.ts');

goOnWhenNobodyReads();
const words = process.argv.slice(2);
try {
  process.exitCode = await runCommandLine(words);
} catch (error) {
  process.exitCode = printError(error, { json: words.includes('--json') });
}
