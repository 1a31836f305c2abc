import { readdirSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { coreErrors } from '../errors.ts';

/**
 * Finds the disk that hangs on one of the ports, which are parts of device paths under /sys (spec M8: never by what
 * the disk holds, since clones hold the same). USB disks never answer, whatever the port says.
 *
 * @param ports For example `/0000:00:10.0/`.
 * @param sysFolder Another place than `/sys`, for tests.
 * @returns The device, such as `/dev/vda`.
 * @throws CORE_DISK_NOT_FOUND, CORE_DISK_AMBIGUOUS
 */
export async function findDiskByPort(ports: readonly string[], sysFolder = '/sys'): Promise<string> {
  const disks = listDisks(sysFolder);
  const found = disks.filter(({ path }) => ports.some((port) => path.includes(port)));
  const tried = `find the disk on port ${ports.join(' or ')}`;
  const where = join(sysFolder, 'block');
  const seen = disks.map(({ device, path }) => `${device} (${path})`).join(', ') || 'no disk at all';
  if (found.length === 0) throw coreErrors.CORE_DISK_NOT_FOUND({ tried, where, got: seen });
  if (found.length > 1) throw coreErrors.CORE_DISK_AMBIGUOUS({ tried, where, got: seen });
  return found[0]!.device;
}

/** Like {@link findDiskByPort}, but null when there is none: an appliance may lack its second disk. */
export async function findOptionalDiskByPort(
  ports: readonly string[],
  sysFolder = '/sys',
): Promise<string | null> {
  const found = listDisks(sysFolder).some(({ path }) => ports.some((port) => path.includes(port)));
  return found ? await findDiskByPort(ports, sysFolder) : null;
}

/** Without promises: the kernel answers at once, and on slow hardware the hand-over to another thread costs more. */
function listDisks(sysFolder: string): { device: string; path: string }[] {
  const blockFolder = join(sysFolder, 'block');
  const root = realpathSync.native(sysFolder);
  const names = readdirSync(blockFolder).sort();
  const disks = names.map((name) => {
    const path = realpathSync.native(join(blockFolder, name));
    return { device: `/dev/${basename(path)}`, path: path.slice(root.length) };
  });
  return disks.filter(({ path }) => !path.includes('/usb'));
}
