import { buildBenchSystem } from '../images/index.ts';
import type { MachineSpec } from '../vm/index.ts';
import type { Bench } from './bench.ts';

/**
 * The smallest system that boots, for `directBoot` of a machine: a Linux kernel and busybox in memory, about 2 s to
 * its root shell on the console. It prints `ASSAY BENCH UP` when it is there. Built on first use, which downloads
 * two Debian packages, and then kept in the cache.
 *
 * @throws errors of `images/`: `IMAGES_…`.
 * @example
 * const machine = await bench.machine({ name: 'box', memoryMiB: 256, directBoot: await smallSystem(bench) });
 * const running = await machine.powerOn();
 * await running.console.expect('ASSAY BENCH UP');
 */
export async function smallSystem(bench: Bench): Promise<NonNullable<MachineSpec['directBoot']>> {
  return await bench.step(
    'a small system is at hand',
    async () => {
      const onProgress = (message: string) => bench.note(message);
      const { kernelPath, initramfsPath, kernelArguments } = await buildBenchSystem({ onProgress });
      return { kernelPath, initramfsPath, kernelArguments: kernelArguments.join(' ') };
    },
    { category: 'build' },
  );
}
