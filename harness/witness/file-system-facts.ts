import { sectorBytes } from '../../foundation/index.ts';
import { unreadable } from './debugfs.ts';
import { pathOfImage, runDiskTool } from './disk-tool.ts';
import type { SectorRange } from './raw-area.ts';

/** What file system a partition holds. */
export interface FileSystemFacts {
  /** `none`: nothing that blkid knows, for example because the superblock is damaged. */
  kind: 'ext4' | 'fat' | 'none' | 'other';
  /** As blkid names it: `ext4`, `vfat`, `swap`, … */
  type: string | null;
  label: string | null;
  /** Of FAT the volume number, as `A9EE-AA8F`. */
  uuid: string | null;
  /** Of ext4: `dirty` when it holds changes that are not yet in their places, as after a power cut. */
  journal: 'clean' | 'dirty' | 'none';
}

/** Nothing was recognised. */
const blkidFoundNothing = 2;

/** Asks blkid and, of ext4, dumpe2fs what lies in a range of a disk; both only read. */
export async function readFileSystemFacts(
  path: string,
  { firstSector, sectorCount }: SectorRange,
  signal?: AbortSignal,
): Promise<FileSystemFacts> {
  const offsetBytes = firstSector * sectorBytes;
  const range = ['-O', String(offsetBytes), '-S', String(sectorCount * sectorBytes)];
  const { stdout } = await runDiskTool(path, 'blkid', ['-p', ...range, '-o', 'export', path], {
    acceptExitCodes: [0, blkidFoundNothing],
    signal,
  });
  const values = new Map(
    stdout.split('\n').map((line) => {
      const [key = '', ...rest] = line.split('=');
      return [key, rest.join('=').replace(/\\(.)/g, '$1')] as const;
    }),
  );
  const type = values.get('TYPE') ?? null;
  const kind = kindOf(type);
  return {
    kind,
    type,
    label: values.get('LABEL') ?? null,
    uuid: values.get('UUID') ?? null,
    journal: kind === 'ext4' ? await journalState(`${path}?offset=${offsetBytes}`, signal) : 'none',
  };
}

function kindOf(type: string | null): FileSystemFacts['kind'] {
  if (type === null) return 'none';
  if (type === 'vfat') return 'fat';
  return /^ext[234]$/.test(type) ? 'ext4' : 'other';
}

async function journalState(image: string, signal?: AbortSignal): Promise<FileSystemFacts['journal']> {
  const { stdout } = await runDiskTool(pathOfImage(image), 'dumpe2fs', ['-h', image], { signal }).catch(
    (error) => {
      // blkid looks at less of the superblock: at its magic, for example, and not at its checksum.
      throw error.code === 'FOUNDATION_TOOL_FAILED' && !signal?.aborted ? unreadable(image, error) : error;
    },
  );
  const features = /^Filesystem features:(.*)$/m.exec(stdout)?.[1]?.trim().split(/\s+/) ?? [];
  if (features.includes('needs_recovery')) return 'dirty';
  return features.includes('has_journal') ? 'clean' : 'none';
}
