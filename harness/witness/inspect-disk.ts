import { runTool } from '../../foundation/index.ts';
import { witnessErrors } from './errors.ts';
import { InspectedDisk } from './inspected-disk.ts';
import type { LayoutText } from './layout-text.ts';
import { ReadOnlyFile } from './read-only-file.ts';
import { ScratchFolder } from './scratch-folder.ts';

/** How a disk is opened for looking at. */
export interface InspectOptions {
  /** `raw` by default. It is never guessed: a guest can write anything into the first sector of a raw disk. */
  format?: 'raw' | 'qcow2';
  /** Names partitions by role and finds the raw records; see `readLayoutText`. */
  layout?: LayoutText;
  /** Where copies are made for tools that need one; by default the system's folder for temporary files. */
  scratchFolder?: string;
  /** Ends what is under way. */
  signal?: AbortSignal;
}

/**
 * Opens a disk image or block device for looking at: `await using disk = await inspectDisk(path)`. The disk is only
 * ever read. A qcow2 disk (an overlay on a master, for example) is copied into a raw scratch file first. The machine
 * that the disk belongs to has to be off.
 *
 * @throws WITNESS_DISK_UNREADABLE, WITNESS_USAGE for a path that the tools cannot be told
 */
export async function inspectDisk(path: string, options: InspectOptions = {}): Promise<InspectedDisk> {
  const { format = 'raw', layout, scratchFolder, signal } = options;
  if (/[?"\n]/.test(path)) {
    const expected = 'a path without question marks, quotation marks and line breaks';
    throw witnessErrors.WITNESS_USAGE({ tried: `look at ${JSON.stringify(path)}`, expected });
  }
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(new ScratchFolder(scratchFolder));
  const rawPath = format === 'raw' ? path : await convert(path, await scratch.newPath('disk.raw'), signal);
  const file = stack.use(await ReadOnlyFile.open(rawPath));
  return new InspectedDisk({ file, scratch, layout, signal, stack: stack.move() });
}

async function convert(path: string, rawPath: string, signal?: AbortSignal): Promise<string> {
  const image = `driver=qcow2,file.driver=file,file.filename=${path.replaceAll(',', ',,')}`;
  await runTool('qemu-img', ['convert', '-U', '-O', 'raw', '--image-opts', image, rawPath], { signal }).catch(
    (error) => {
      if (error.code !== 'FOUNDATION_TOOL_FAILED' || signal?.aborted) throw error;
      throw witnessErrors.WITNESS_DISK_UNREADABLE({ tried: `read the qcow2 disk ${path}` }, error);
    },
  );
  return rawPath;
}
