import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildMedium, type MediumMode } from '../images/index.ts';
import type { Bench } from './bench.ts';

/** What a recovery medium holds and how it starts, beside the reduced operating system. */
export interface RecoveryMediumOptions {
  /** The text of the script that it runs by itself. */
  script?: string;
  /** Path on the medium, below `/assay`, to the text of a file. */
  files?: Record<string, string>;
  /** A folder of the host whose content the medium gets as `/assay`. */
  filesFolder?: string;
  /** After how many seconds scripts and prompt end in a forced restart; a day without it (spec R9). */
  limitSeconds?: number;
  /** `reduced` without it; `normal` is the same system without the loader's flag (spec R4). */
  mode?: MediumMode;
}

/**
 * Builds a recovery medium into the scenario's work folder (spec B1, R3), for `cdPath` of a machine. The first one takes
 * about half a minute, for its operating system is made; later ones a second.
 *
 * @returns the path of the ISO image.
 * @throws errors of `images/`: `IMAGES_…`.
 * @example
 * const cdPath = await recoveryMedium(bench, { script: 'name: greet\nsteps:\n  - name: hello\n    do: log\n' });
 * const machine = await bench.machine({ name: 'box', memoryMiB: 512, cdPath });
 */
export async function recoveryMedium(bench: Bench, options: RecoveryMediumOptions = {}): Promise<string> {
  return await bench.step(
    'a recovery medium is built',
    async () => {
      const { script, files = {}, filesFolder, ...others } = options;
      const folder = await mkdtemp(join(bench.workFolder, 'medium-'));
      const own = { ...files, ...(script === undefined ? {} : { 'script.yaml': script }) };
      for (const [name, text] of Object.entries(own)) {
        const path = join(folder, 'assay', name);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, text);
      }
      const outPath = join(folder, 'medium.iso');
      const ownFolder = Object.keys(own).length === 0 ? undefined : join(folder, 'assay');
      const onProgress = (message: string) => bench.note(message);
      await buildMedium({ ...others, outPath, filesFolder: filesFolder ?? ownFolder, onProgress });
      return outPath;
    },
    { category: 'build' },
  );
}
