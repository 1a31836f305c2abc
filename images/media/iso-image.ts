import { rm } from 'node:fs/promises';
import { templateTimeSeconds } from '../../core/factory/fixed-identity.ts';
import { runTool } from '../../foundation/index.ts';
import { linkLoader, writeBootImage } from './medium-boot-image.ts';

export interface IsoOptions {
  /** Path on the medium to file or folder on the host. */
  content: ReadonlyMap<string, string>;
  /** The image that is written; what lies there is replaced. */
  path: string;
  /** isolinux itself; it starts when no disk has a next-start record. */
  loaderPath: string;
  /** Boots image files that were written to a disk (`isohdpfx.bin` of isolinux). */
  diskBootCodePath: string;
}

/**
 * Writes a bootable ISO 9660 image: El Torito without emulation of a floppy (El Torito 1.0, section 2.2), with our first
 * stage and isolinux; the same image starts from a disk that it is written to, there with isolinux alone. Names and
 * modes are kept by Rock Ridge. All times are fixed, so that the same content gives the same bytes.
 *
 * @throws FOUNDATION_TOOL_FAILED with what xorriso says.
 */
export async function writeIso({ content, path, loaderPath, diskBootCodePath }: IsoOptions): Promise<void> {
  const bootImagePath = `${path}.boot`;
  try {
    await writeBootImage(loaderPath, bootImagePath);
    const files = new Map([...content, ['/isolinux/isolinux.bin', bootImagePath]]);
    await runXorriso(files, path, diskBootCodePath);
    await linkLoader(path, loaderPath);
  } finally {
    await rm(bootImagePath, { force: true });
  }
}

async function runXorriso(
  files: ReadonlyMap<string, string>,
  path: string,
  diskBootCodePath: string,
): Promise<void> {
  const stamp = isoTime(templateTimeSeconds);
  await runTool(
    'xorriso',
    [
      ...['-as', 'mkisofs', '-quiet', '-o', path, '-V', 'ASSAY', '-r', '-J', '-joliet-long'],
      // Four sectors of 512 bytes: our first stage. What it starts loads the rest of itself.
      ...['-b', 'isolinux/isolinux.bin', '-c', 'isolinux/boot.cat'],
      ...['-no-emul-boot', '-boot-load-size', '4', '-boot-info-table'],
      ...['-isohybrid-mbr', diskBootCodePath],
      // An identifier that follows from a time; the real one would make two images of the same content differ.
      ...[
        `--modification-date=${stamp}`,
        '--set_all_file_dates',
        stamp,
        '--gpt_disk_guid',
        'modification-date',
      ],
      '-graft-points',
      ...[...files]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([on, from]) => `${escaped(on)}=${escaped(from)}`),
    ],
    { env: { SOURCE_DATE_EPOCH: String(templateTimeSeconds), TZ: 'UTC' } },
  );
}

/** `YYYYMMDDhhmmsscc`, as xorriso wants it. */
function isoTime(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().replace(/\D/g, '').slice(0, 14)}00`;
}

function escaped(path: string): string {
  return path.replace(/([=\\])/g, '\\$1');
}
