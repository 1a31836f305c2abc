import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Installs the packages of the site unless those of its lock file are there already. No script of theirs runs.
 *
 * @returns whether they are there; what npm has to say when they are not has been printed by npm.
 */
export async function installPackages(siteFolder: string): Promise<boolean> {
  const lock = await readFile(join(siteFolder, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).digest('hex');
  const stampPath = join(siteFolder, 'node_modules/.assay-docs');
  if ((await readFile(stampPath, 'utf8').catch(() => '')) === wanted) return true;
  process.stdout.write('docs: installing the packages of the site (npm ci)\n');
  await rm(stampPath, { force: true });
  const words = [
    'ci',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-update-notifier',
    '--loglevel=error',
  ];
  const npm = spawn('npm', words, { cwd: siteFolder, stdio: ['ignore', 'inherit', 'inherit'] });
  const [exitCode] = await once(npm, 'close');
  if (exitCode !== 0) {
    process.stderr.write('docs: npm ci failed in docs/site (see above)\n');
    return false;
  }
  await writeFile(stampPath, wanted);
  return true;
}
