import { existsSync } from 'node:fs';
import { chmod, cp } from 'node:fs/promises';
import { join } from 'node:path';
import { everyStepIsDone } from '../../foundation/durably.ts';
import { applicationNames } from './application.ts';

/**
 * Bundles each application to one file, `NAME/main.cjs` below a folder; the same sources give the same bytes. The npm
 * package brings the bundles along, and there they are copied.
 */
export async function bundleApplications(folder: string): Promise<void> {
  const isBundled = existsSync(join(import.meta.dirname, applicationNames[0]!, 'main.cjs'));
  await (isBundled ? copyBundles(folder) : makeBundles(folder));
  // What is written has the mode that the user's umask leaves; a package has one of its own.
  for (const name of applicationNames) await chmod(join(folder, name, 'main.cjs'), 0o644);
}

async function copyBundles(folder: string): Promise<void> {
  for (const name of applicationNames) {
    await cp(join(import.meta.dirname, name, 'main.cjs'), join(folder, name, 'main.cjs'));
  }
}

async function makeBundles(folder: string): Promise<void> {
  // Only here: the npm package does without esbuild.
  const { build } = await import('esbuild');
  await build({
    absWorkingDir: join(import.meta.dirname, '..', '..'),
    entryPoints: applicationNames.map((name) => ({
      in: `core/applications/${name}/main.ts`,
      out: `${name}/main`,
    })),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    // Nothing is lowered for a version: what esbuild makes of `await using` in a loop throws one turn's error in all later ones.
    target: 'esnext',
    format: 'cjs',
    define: everyStepIsDone,
    legalComments: 'none',
    logLevel: 'silent',
  });
}
