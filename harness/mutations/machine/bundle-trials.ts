import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sectorBytes } from '../../../foundation/index.ts';

const repositoryPath = join(import.meta.dirname, '..', '..', '..');

/**
 * Bundles the guest's program, with the functions of the core that it tries, and puts it on a raw disk. It is the only bundle
 * in which a step can be left out: what images and set-up files are made of never can (`everyStepIsDone`).
 *
 * @returns The length of the program in bytes.
 */
export async function bundleTrials(diskPath: string): Promise<number> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    absWorkingDir: repositoryPath,
    entryPoints: ['harness/mutations/guest/trial-program.ts'],
    bundle: true,
    platform: 'node',
    target: 'esnext',
    format: 'cjs',
    write: false,
    logLevel: 'silent',
  });
  const program = Buffer.from(outputFiles[0]!.contents);
  const whole = Math.ceil(program.length / 4096) * 4096 + sectorBytes * 8;
  await writeFile(diskPath, Buffer.concat([program], whole));
  return program.length;
}
