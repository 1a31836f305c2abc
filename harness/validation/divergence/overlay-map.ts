import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { runTool, toolLines } from '../../../foundation/index.ts';
import { divergenceErrors } from './errors.ts';

/** What an overlay holds, in order; what lies between is the master's. */
export interface OverlayMap {
  /** What a machine sees: the master's size, rounded up to a sector. */
  sizeBytes: number;
  /** Start, end, and where it lies in the overlay's file, in turns: a million extents are 24 MB. */
  extents: readonly number[];
}

/** Stands for the place of an extent that reads as zeros. */
export const readsAsZeros = -1;

/** Each of them is a cluster at least: a disk of 256 GiB in which every second cluster was written. */
const mostExtents = 2_000_000;

/**
 * Says which parts of a disk lie in its overlay (qcow2). The overlay is asked without its master, so that nothing is opened whose name
 * the overlay gives.
 *
 * @throws DIVERGENCE_OVERLAY_UNREADABLE; FOUNDATION_TOOL_MISSING, FOUNDATION_TOOL_FAILED, also while a machine has it.
 */
export async function readOverlayMap(
  overlayPath: string,
  masterPath: string,
  signal?: AbortSignal,
): Promise<OverlayMap> {
  const file = { driver: 'file', filename: resolve(overlayPath) };
  const image = `json:${JSON.stringify({ driver: 'qcow2', backing: null, file })}`;
  const { stdout } = await runTool('qemu-img', ['info', '--output=json', image], { signal });
  const sizeBytes = await sizeOf(JSON.parse(stdout), overlayPath, masterPath);
  const extents: number[] = [];
  let at = 0;
  for await (const line of toolLines('qemu-img', ['map', '--output=json', image], { signal })) {
    const begin = line.indexOf('{');
    if (begin === -1) continue;
    const mapped: MappedExtent = JSON.parse(line.slice(begin, line.lastIndexOf('}') + 1));
    const { start, length } = mapped;
    if (start !== at || !isCount(length) || length > sizeBytes - at)
      throw unreadable(
        overlayPath,
        `the extent at ${start} of ${length} bytes, behind the one that ends at ${at}`,
      );
    at += length;
    const place = placeOf(mapped, overlayPath);
    if (place !== undefined && length > 0) extents.push(start, at, place);
    if (extents.length > mostExtents * 3) throw unreadable(overlayPath, `more than ${mostExtents} extents`);
  }
  if (at !== sizeBytes) throw unreadable(overlayPath, `extents of ${at} bytes together, of ${sizeBytes}`);
  return { sizeBytes, extents };
}

/** As `qemu-img map` has it (qemu-img(1)); `present` is since QEMU 6.1. */
interface MappedExtent {
  start: number;
  length: number;
  depth: number;
  present: boolean;
  zero: boolean;
  data: boolean;
  offset?: number;
}

interface OverlayFacts {
  format: string;
  'virtual-size': number;
  'backing-filename'?: string;
  'dirty-flag'?: boolean;
  encrypted?: boolean;
  'format-specific'?: { data?: { corrupt?: boolean; 'data-file'?: string } };
}

/** @throws DIVERGENCE_OVERLAY_UNREADABLE when it is no overlay of the master, or one whose data lies elsewhere. */
async function sizeOf(facts: OverlayFacts, overlayPath: string, masterPath: string): Promise<number> {
  const { 'virtual-size': sizeBytes, 'backing-filename': backing, 'format-specific': own } = facts;
  const backingPath = backing === undefined ? undefined : resolve(dirname(overlayPath), backing);
  if (backingPath === undefined || (await nameOf(backingPath)) !== (await nameOf(masterPath)))
    throw unreadable(overlayPath, `an overlay of ${backing ?? 'nothing'}, not of ${masterPath}`);
  if (own?.data?.corrupt || own?.data?.['data-file'] !== undefined || facts.encrypted || facts['dirty-flag'])
    throw unreadable(overlayPath, 'one that is damaged, encrypted, or has its data elsewhere');
  if (!isCount(sizeBytes)) throw unreadable(overlayPath, `a size of ${sizeBytes}`);
  return sizeBytes;
}

/** Where an extent lies; undefined for the master's. */
function placeOf(
  { depth, present, zero, data, offset, start }: MappedExtent,
  path: string,
): number | undefined {
  if (depth !== 0) throw unreadable(path, `the extent at ${start} in another file`);
  if (present === false) return undefined;
  if (zero === true) return readsAsZeros;
  if (present === true && data === true && isCount(offset)) return offset;
  throw unreadable(path, `the extent at ${start} without its place in the file: compressed or encrypted`);
}

/** Links to the same file are the same; what is not there has its own name. */
async function nameOf(path: string): Promise<string> {
  return await realpath(path).catch(() => resolve(path));
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function unreadable(path: string, got: string): Error {
  return divergenceErrors.DIVERGENCE_OVERLAY_UNREADABLE({ tried: `read the map of ${path}`, got });
}
