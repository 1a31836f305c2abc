import type { SystemImage } from '../../core/factory/system-image.ts';
import { type BuildOptions, type BuiltImage, buildImage } from './build-image.ts';

/**
 * Builds one of the two operating systems of an appliance (spec R1, R2): recipe `primary` or `emergency`.
 *
 * @throws as {@link buildImage} does.
 */
export async function buildSystem(
  name: SystemImage['name'],
  options: BuildOptions = {},
): Promise<SystemImage & BuiltImage> {
  return { ...(await buildImage(name, options)), name };
}

/**
 * Builds the smallest system that boots: kernel, busybox, a root shell on the first serial port, in its initial
 * RAM file system. It prints `ASSAY BENCH UP`. For tests of machines and consoles, and for probing accelerators.
 */
export function buildBenchSystem(options: BuildOptions = {}): Promise<BuiltImage> {
  return buildImage('bench', options);
}
