import { join } from 'node:path';
import type { StepContext } from '../../step-kind.ts';
import { listPciDevices } from '../hardware/pci-devices.ts';
import { readSysFile, readSysFolder } from '../hardware/sys-file.ts';

/**
 * Loads the drivers of network cards that have none, as far as the system has them. For where no script can do it, since
 * the script itself comes over the network (spec R5).
 */
export async function loadCardDrivers(
  sysFolder: string,
  runProgram: StepContext['runProgram'],
): Promise<void> {
  // A virtio card shows itself as such only when the driver of its PCI side is there.
  for (const _round of ['the bus', 'behind the bus']) {
    const devices = listPciDevices(sysFolder).filter(
      ({ kind, driver }) => kind === 'network' && driver === null,
    );
    for (const { address } of devices) {
      for (const alias of aliases(join(sysFolder, 'bus/pci/devices', address))) {
        // The system has no driver for it, and whoever needs the card will say that there is none.
        await runProgram('modprobe', [alias]).catch(() => {});
      }
    }
  }
}

function aliases(path: string): string[] {
  const below = readSysFolder(path).filter((name) => /^virtio\d+$/.test(name));
  const files = ['modalias', ...below.map((name) => join(name, 'modalias'))];
  return files.flatMap((file) => readSysFile(join(path, file)) ?? []);
}
