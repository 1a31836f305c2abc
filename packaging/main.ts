// `npm pack` starts it (`prepack` in package.json), and removes the folder again (`postpack`).
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ExecaError } from 'execa';
import { buildPackage } from './build-package.ts';

const folder = join(import.meta.dirname, '..', 'dist');
try {
  await buildPackage(folder);
} catch (error) {
  // npm does not come to `postpack` then.
  await rm(folder, { recursive: true, force: true });
  console.error(error instanceof ExecaError ? `the package is not built: ${error.shortMessage}` : error);
  process.exitCode = 1;
}
