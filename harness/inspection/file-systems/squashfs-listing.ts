import type { DiskBudget } from './disk-budget.ts';
import type { TreeNode } from './file-tree.ts';
import { longestPath, mostDamages, type TreeLimits } from './limits.ts';
import { printable } from './printable.ts';

export interface SquashfsListing {
  nodes: Map<string, TreeNode>;
  /** By path: the name as unsquashfs takes it; names that are no UTF-8 cannot be told to it. */
  names: Map<string, string>;
  wasCut: boolean;
  damages: string[];
}

const top = 'squashfs-root';
const kinds: Record<string, TreeNode['kind']> = { '-': 'file', d: 'folder', l: 'link' };
const line = /^([-dlcbps])([-rwxsStT]{9}) (\d+)\/\d+ +(\d+|\d+, *\d+) (\d{4}-\d\d-\d\d \d\d:\d\d) ([\s\S]*)$/;

/**
 * Reads what `unsquashfs -UTC -lln` prints. Names with line breaks cannot be told from lines of their own: what does not look like a line, or whose
 * folder is not there, is left out and noted.
 */
export function parseSquashfsListing(
  output: Buffer,
  limits: TreeLimits,
  budget: Pick<DiskBudget, 'pathCharacters'>,
): SquashfsListing {
  const listing: SquashfsListing = { nodes: new Map(), names: new Map(), wasCut: false, damages: [] };
  let start = 0;
  for (let end = output.indexOf(10); end !== -1; start = end + 1, end = output.indexOf(10, start)) {
    if (listing.nodes.size >= limits.entries || budget.pathCharacters <= 0)
      return { ...listing, wasCut: true };
    const damage = addLine(listing, output.subarray(start, end), limits.depth, budget);
    if (damage !== undefined && listing.damages.length < mostDamages) listing.damages.push(damage);
  }
  // Without a line break at its end, it was cut.
  return { ...listing, wasCut: listing.wasCut || start < output.length };
}

function addLine(
  listing: SquashfsListing,
  bytes: Buffer,
  deepest: number,
  budget: Pick<DiskBudget, 'pathCharacters'>,
): string | undefined {
  const { nodes, names } = listing;
  if (bytes.length === 0) return undefined;
  const [, letter = '', permissions = '', uid, size, time, rest = ''] =
    line.exec(bytes.toString('latin1')) ?? [];
  const [name = '', ...targets] = letter === 'l' ? rest.split(' -> ') : [rest];
  const path = pathOf(name);
  if (path !== undefined && (path.length > longestPath || path.split('/').length - 1 > deepest)) {
    listing.wasCut = true;
    return undefined;
  }
  const modifiedAt = new Date(`${time?.replace(' ', 'T')}Z`);
  const isSound =
    !Number.isNaN(modifiedAt.getTime()) &&
    path !== undefined &&
    !nodes.has(path) &&
    (path === '/' || nodes.get(parentOf(path))?.kind === 'folder');
  if (!isSound) return `the line "${printable(bytes)}"`;
  const kind = kinds[letter] ?? 'other';
  nodes.set(path, {
    ...{ path, kind },
    sizeBytes: kind === 'folder' || kind === 'other' ? 0 : Number(size),
    mode: modeOf(permissions),
    uid: Number(uid),
    modifiedAt,
    ...(kind === 'link' ? { target: printable(Buffer.from(targets.join(' -> '), 'latin1')) } : {}),
  });
  budget.pathCharacters -= path.length + rest.length;
  const raw = Buffer.from(name.slice(top.length + 1), 'latin1');
  if (Buffer.from(raw.toString('utf8')).equals(raw)) names.set(path, raw.toString('utf8'));
  return undefined;
}

function pathOf(name: string): string | undefined {
  if (name === top) return '/';
  if (!name.startsWith(`${top}/`)) return undefined;
  const path = printable(Buffer.from(name.slice(top.length), 'latin1'));
  return path
    .split('/')
    .slice(1)
    .some((part) => part === '' || part === '.' || part === '..')
    ? undefined
    : path;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** `rwsr-xr-t`. */
function modeOf(permissions: string): number {
  return [...permissions].reduce((mode, letter, index) => {
    const bit = 0o400 >> index;
    const special = 'sStT'.includes(letter) ? [0o4000, 0o2000, 0o1000][Math.floor(index / 3)]! : 0;
    return mode | special | ('rwxst'.includes(letter) ? bit : 0);
  }, 0);
}
