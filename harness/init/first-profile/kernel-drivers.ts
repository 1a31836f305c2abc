import { partitionName } from '../../inspection/place.ts';
import type { DiskLook } from './disk-look.ts';
import { SystemFiles } from './system-files.ts';

export type Driver = 'virtio_blk' | 'virtio_net' | 'ahci' | 'nvme' | 'e1000e';

/** Which drivers a kernel has, built in or as modules; whether its initramfs has them is not known. */
export interface KernelDrivers {
  has: (driver: Driver) => boolean;
  /** Where that is known from; undefined where it is not. */
  from?: string;
}

/** Names in the configuration of Linux. */
const options: Record<Driver, string> = {
  virtio_blk: 'VIRTIO_BLK',
  virtio_net: 'VIRTIO_NET',
  ahci: 'SATA_AHCI',
  nvme: 'BLK_DEV_NVME',
  e1000e: 'E1000E',
};

const mostBytes = 2 * 1024 ** 2;

/** The drivers of the newest kernel, by its configuration beside it, or else by its folder of modules. */
export async function kernelDrivers({ systems }: Pick<DiskLook, 'systems'>): Promise<KernelDrivers> {
  const all = systems.flatMap(({ partition, tree }) =>
    tree === undefined ? [] : [new SystemFiles(partition, tree)],
  );
  for (const read of [fromConfiguration, fromModules]) {
    for (const files of all) {
      const drivers = await read(files);
      if (drivers !== undefined) return drivers;
    }
  }
  return { has: () => false };
}

async function fromConfiguration(files: SystemFiles): Promise<KernelDrivers | undefined> {
  const paths = ['/boot', '/'].flatMap((folder) =>
    newestFirst(files.names(folder).filter((name) => /^config-\d/.test(name))).map((name) =>
      `${folder}/${name}`.replace('//', '/'),
    ),
  );
  const [path] = paths;
  const text = path === undefined ? undefined : await files.text(path, mostBytes);
  if (text === undefined) return undefined;
  const set = new Set([...text.matchAll(/^CONFIG_(\w+)=[ym]$/gm)].map(([, name]) => name));
  return { has: (driver) => set.has(options[driver]), from: `${partitionName(files.partition)}, ${path}` };
}

async function fromModules(files: SystemFiles): Promise<KernelDrivers | undefined> {
  const parent = ['/lib/modules', '/usr/lib/modules', '/modules'].find(
    (path) => files.names(path).length > 0,
  );
  const [version] = parent === undefined ? [] : newestFirst(files.names(parent));
  const folder = `${parent}/${version}`;
  if (version === undefined) return undefined;
  const texts = await Promise.all(
    ['modules.builtin', 'modules.dep'].map((name) => files.text(`${folder}/${name}`, mostBytes)),
  );
  const text = texts.join('\n');
  if (text.trim() === '') return undefined;
  // Only from its first letter on: of a hostile line of two million letters, each would be tried as the first.
  const found = text.matchAll(/(?<![\w-])([\w-]{1,64})\.ko/g);
  const names = new Set([...found].map(([, name]) => name!.replaceAll('-', '_')));
  return { has: (driver) => names.has(driver), from: `${partitionName(files.partition)}, ${folder}` };
}

function newestFirst(names: readonly string[]): string[] {
  return [...names].sort((one, other) => other.localeCompare(one, 'en', { numeric: true }));
}
