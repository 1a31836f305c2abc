import type { Benchmark } from './benchmark.ts';
import { measureCommands } from './console-commands.ts';
import { measureFlood } from './console-flood.ts';
import { measureMemory } from './console-memory.ts';
import { inRunner } from './in-runner.ts';

/** What the serial console costs: a command, a flood, and memory under a flood (issue: Speed). */
export const consoleBenchmark: Benchmark = {
  name: 'console',
  summary: "run('true') on a busybox guest, and a flood taken against a bare logfile",
  run: (options) =>
    inRunner(
      async (bench) => [
        await measureCommands(bench, options),
        await measureMemory(bench, options),
        await measureFlood(bench, options),
      ],
      { ...options, name: 'console' },
    ),
};
