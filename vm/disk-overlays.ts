import { join } from 'node:path';
import { runTool } from '../foundation/index.ts';
import type { ResolvedDiskSpec } from './machine-spec.ts';

/** Makes an overlay for each disk whose writes are discarded; intercepted ones are copies. By the disk's name. */
export async function createOverlays(
  disks: readonly ResolvedDiskSpec[],
  folder: string,
): Promise<ReadonlyMap<string, string>> {
  const overlayPaths = new Map<string, string>();
  for (const { name, path, writes, intercepted } of disks) {
    if (writes === 'kept' || intercepted) continue;
    const overlayPath = join(folder, `${name}.overlay.qcow2`);
    await runTool('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', path, overlayPath]);
    overlayPaths.set(name, overlayPath);
  }
  return overlayPaths;
}
