import type { IndexedTree } from './indexed-tree.ts';
import type { Mount } from './mount-table.ts';
import { parsePathPattern } from './path-pattern.ts';
import { mostPlaces } from './residue-limits.ts';
import type { ResidueSystem } from './residue-system.ts';
import { SystemPlace } from './system-place.ts';

/**
 * Where the folders of one partition are in the running system. Its root is always tried as the system's root; then where a fstab of the disk puts
 * it; then what it looks like from the names at its root; and systems in folders, as OSTree and overlays have them.
 *
 * @param mounts Of every fstab on the disk.
 * @returns At most {@link mostPlaces}.
 */
export function findPlaces(
  system: ResidueSystem,
  index: IndexedTree,
  mounts: readonly Mount[],
): SystemPlace[] {
  const place = (folder: string, mount: string) => new SystemPlace(system.partition, index, folder, mount);
  const mounted = mounts
    .filter((mount) => !mount.isBind && isSourceOf(mount, system))
    .map((mount) => mount.place);
  const looksLike = mounted.length > 0 ? [] : looksLikeMounts(index);
  const places = [
    place('', ''),
    ...[...new Set([...mounted, ...looksLike])].map((mount) => place('', mount)),
    ...foldersWithSystems.flatMap(({ folder, mount }) =>
      index
        .find('/', parsePathPattern(folder), false, () => undefined)
        .filter(({ kind }) => kind === 'folder')
        .slice(0, mostPlaces)
        .map(({ path }) => place(path, mount)),
    ),
  ];
  const first = places.slice(0, mostPlaces);
  return [...first, ...boundPlaces(first, mounts, place)].slice(0, mostPlaces);
}

/** OSTree's deployments and its shared /var; the upper layers of overlays as OpenWrt and A/B systems keep them. */
const foldersWithSystems = [
  { folder: '/ostree/deploy/*/deploy/*', mount: '' },
  { folder: '/ostree/deploy/*/var', mount: '/var' },
  { folder: '/upper', mount: '' },
  { folder: '/overlay/upper', mount: '' },
] as const;

/** `/data/var /var none bind`: what lies in a folder of a place is somewhere else too. */
function boundPlaces(
  places: readonly SystemPlace[],
  mounts: readonly Mount[],
  place: (folder: string, mount: string) => SystemPlace,
): SystemPlace[] {
  return mounts
    .filter(({ isBind }) => isBind)
    .flatMap(({ source, place: mount }) =>
      places.flatMap((candidate) => {
        const folder = candidate.inTree(source);
        const isThere = folder !== undefined && candidate.index.node(folder)?.kind === 'folder';
        return isThere && folder !== '/' ? [place(folder, mount)] : [];
      }),
    );
}

function isSourceOf({ source }: Mount, { partition, fileSystem }: ResidueSystem): boolean {
  const [, tag = '', value = ''] =
    /^(UUID|LABEL|PARTUUID|PARTLABEL)="?(.*?)"?$/s.exec(source) ??
    /^\/dev\/disk\/by-(uuid|label|partuuid|partlabel)\/(.*)$/s.exec(source) ??
    [];
  const own: Record<string, string | undefined> = {
    UUID: fileSystem?.uuid,
    LABEL: fileSystem?.label,
    PARTUUID: partition.uniqueId,
    PARTLABEL: partition.name,
  };
  const wanted = own[tag.toUpperCase()];
  if (wanted !== undefined && wanted !== '') return wanted.toLowerCase() === value.toLowerCase();
  // /dev/sda2, /dev/vda2, /dev/nvme0n1p2, /dev/mmcblk0p2
  const [, number] = /^\/dev\/(?:[a-z]+|[a-z]+\d+(?:n\d+)?p)(\d{1,4})$/.exec(source) ?? [];
  return number !== undefined && partition.number !== 0 && Number(number) === partition.number;
}

/** What a partition is by the names at its root, when no fstab tells; a whole system is only itself. */
function looksLikeMounts(index: IndexedTree): string[] {
  const entries = index.entries('/');
  const names = new Set(entries.map(({ path }) => path.slice(1)));
  const has = (...wanted: string[]) => wanted.filter((name) => names.has(name)).length;
  if (has('etc', 'usr', 'bin', 'sbin') >= 2 || index.node('/etc/passwd') !== undefined) return [];
  const hasHome = entries.some(({ path, kind }) => kind === 'folder' && isHome(index, path));
  return [
    ...(has('lib') === 1 && has('log', 'cache', 'spool', 'tmp', 'backups', 'mail') >= 2 ? ['/var'] : []),
    ...(has('passwd', 'group', 'shadow', 'fstab', 'hosts', 'hostname', 'ssh', 'systemd', 'machine-id') >= 3
      ? ['/etc']
      : []),
    ...(hasHome ? ['/home'] : []),
    ...(has('grub', 'grub2', 'extlinux', 'syslinux', 'loader') >= 1 || [...names].some(isKernel)
      ? ['/boot']
      : []),
    ...(has('journal', 'wtmp', 'btmp', 'lastlog', 'syslog', 'messages', 'auth.log', 'dpkg.log') >= 2
      ? ['/var/log']
      : []),
  ];
}

function isHome(index: IndexedTree, path: string): boolean {
  return ['.bashrc', '.profile', '.bash_history', '.bash_logout', '.ssh', '.config', '.cache'].some(
    (name) => index.node(`${path}/${name}`) !== undefined,
  );
}

function isKernel(name: string): boolean {
  return name.startsWith('vmlinuz') || name.startsWith('initrd.img');
}
