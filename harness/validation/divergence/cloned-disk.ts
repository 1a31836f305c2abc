import { ImageSource } from '../../inspection/image-source.ts';
import { ReadOnlyFile } from '../../witness/read-only-file.ts';
import { divergenceErrors } from './errors.ts';
import { LayeredDisk } from './layered-disk.ts';
import { type OverlayMap, readOverlayMap, readsAsZeros } from './overlay-map.ts';

const qcow2Magic = Buffer.from('QFI\xfb', 'latin1');
/** A qcow2 file may end within its last cluster, which has at most 2 MiB. */
const largestClusterBytes = 2 * 1024 ** 2;

/**
 * A machine's disk while the machine is off, to be read by everything that reads images (spec H5).
 *
 * @param masterPath The raw image or block device that the machine was started with.
 * @param diskPath What `machine.diskFiles` names: the overlay with its writes (qcow2), or a raw copy.
 * @throws DIVERGENCE_OVERLAY_UNREADABLE; WITNESS_DISK_UNREADABLE; FOUNDATION_TOOL_MISSING, FOUNDATION_TOOL_FAILED, also while the machine is on.
 */
export async function openClonedDisk(
  masterPath: string,
  diskPath: string,
  signal?: AbortSignal,
): Promise<ImageSource> {
  const layers = await openLayers(masterPath, diskPath, signal);
  return layers === undefined ? await ImageSource.open(diskPath) : ImageSource.over(layers);
}

/** The same with what the overlay holds; undefined for a raw copy. */
export async function openLayers(
  masterPath: string,
  diskPath: string,
  signal?: AbortSignal,
): Promise<LayeredDisk | undefined> {
  await using files = new AsyncDisposableStack();
  const overlay = files.use(await ReadOnlyFile.open(diskPath));
  const magic = await overlay.read(0, Math.min(qcow2Magic.length, overlay.sizeBytes));
  if (!magic.equals(qcow2Magic)) return undefined;
  const master = files.use(await ReadOnlyFile.open(masterPath));
  const map = await readOverlayMap(diskPath, masterPath, signal);
  assertWithin(map, overlay, master);
  await overlay.assertUnchanged();
  files.move();
  return new LayeredDisk(master, overlay, map);
}

/** @throws DIVERGENCE_OVERLAY_UNREADABLE */
function assertWithin({ sizeBytes, extents }: OverlayMap, overlay: ReadOnlyFile, master: ReadOnlyFile): void {
  const refuse = (got: string) =>
    divergenceErrors.DIVERGENCE_OVERLAY_UNREADABLE({ tried: `read the map of ${overlay.path}`, got });
  if (sizeBytes !== Math.ceil(master.sizeBytes / 512) * 512)
    throw refuse(`a disk of ${sizeBytes} bytes over a master of ${master.sizeBytes}`);
  for (let index = 0; index < extents.length; index += 3) {
    const [start, end, place] = [extents[index]!, extents[index + 1]!, extents[index + 2]!];
    if (place === readsAsZeros) continue;
    const isWithin =
      place < overlay.sizeBytes && place + end - start <= overlay.sizeBytes + largestClusterBytes;
    if (!isWithin) throw refuse(`the extent at ${start} at ${place} of a file of ${overlay.sizeBytes} bytes`);
  }
}
