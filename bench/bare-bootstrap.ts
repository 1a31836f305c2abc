import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { benchErrors } from './errors.ts';
import { shellWord } from './shell-word.ts';
import { runTimedScript } from './timed-script.ts';

export interface Bootstrap {
  /** Packages and apt's index are kept there, and the script. */
  folder: string;
  /** The Debian package of the kernel, by its full name. */
  kernelPackage: string;
  signal: AbortSignal;
}

/**
 * Makes Debian's smallest system with a kernel by mmdebstrap once, from the sources of this machine's apt, and keeps the
 * packages and the index that it has downloaded.
 *
 * @returns the kernel that it has installed.
 * @throws BENCH_NOT_MEASURED when mmdebstrap fails.
 */
export async function warmBootstrap(bootstrap: Bootstrap): Promise<Buffer> {
  const { packages, lists, root } = placesIn(bootstrap.folder);
  for (const path of [packages, lists]) await mkdir(path, { recursive: true });
  const keep = [
    `cp "$1"/var/cache/apt/archives/*.deb ${shellWord(packages)}/`,
    `cp -r "$1"/var/lib/apt/lists/. ${shellWord(lists)}/`,
  ];
  await runBootstrap(bootstrap, ['--skip=essential/unlink', `--customize-hook=${keep.join('; ')}`]);
  const kernel = (await readdir(join(root, 'boot'))).find((name) => name.startsWith('vmlinuz-'));
  const bytes = await readFile(join(root, 'boot', kernel ?? 'vmlinuz'));
  await removeBootstrap(bootstrap);
  return bytes;
}

/**
 * The same from what was kept: neither index nor packages are downloaded, and the network has no part in it.
 *
 * @returns milliseconds; the system stays until {@link removeBootstrap}.
 * @throws BENCH_NOT_MEASURED when mmdebstrap fails.
 */
export async function timeBootstrap(bootstrap: Bootstrap): Promise<number> {
  const { packages, lists } = placesIn(bootstrap.folder);
  const bring = [
    'mkdir -p "$1"/var/cache/apt/archives',
    `cp -l ${shellWord(packages)}/*.deb "$1"/var/cache/apt/archives/`,
    `cp -r ${shellWord(lists)}/. "$1"/var/lib/apt/lists/`,
  ];
  return await runBootstrap(bootstrap, ['--skip=update', `--setup-hook=${bring.join('; ')}`]);
}

export async function removeBootstrap({ folder }: Bootstrap): Promise<void> {
  await rm(placesIn(folder).root, { recursive: true, force: true });
}

function placesIn(folder: string) {
  return { packages: join(folder, 'packages'), lists: join(folder, 'lists'), root: join(folder, 'root') };
}

/** Into a folder, which costs least: no archive is packed. */
async function runBootstrap(
  { folder, kernelPackage, signal }: Bootstrap,
  moreArguments: readonly string[],
): Promise<number> {
  const commandLine = [
    ...['mmdebstrap', '--quiet', '--variant=essential', '--format=directory', `--include=${kernelPackage}`],
    ...moreArguments,
    ...[await debianSuite(), placesIn(folder).root, ...(await aptSources())],
  ];
  return await runTimedScript({
    scriptPath: join(folder, 'bootstrap.bash'),
    lines: [
      'set -eu',
      // Its temporary folders beside the target, on the same file system.
      `export TMPDIR=${shellWord(folder)}`,
      'start=$EPOCHREALTIME',
      commandLine.map(shellWord).join(' '),
      'echo "$start $EPOCHREALTIME"',
    ],
    tried: 'make a system with mmdebstrap',
    signal,
  });
}

/** The sources that this machine's apt has, which Assay takes its packages from, too. */
async function aptSources(): Promise<string[]> {
  const folder = '/etc/apt/sources.list.d';
  const named = (await readdir(folder).catch(() => [])).filter((name) => /\.(list|sources)$/.test(name));
  const old = (await readdir('/etc/apt')).filter((name) => name === 'sources.list');
  return [...old.map((name) => join('/etc/apt', name)), ...named.sort().map((name) => join(folder, name))];
}

async function debianSuite(): Promise<string> {
  const facts = await readFile('/etc/os-release', 'utf8');
  const suite = /^VERSION_CODENAME=(\S+)$/m.exec(facts)?.[1];
  if (suite !== undefined) return suite;
  throw benchErrors.BENCH_NOT_MEASURED({
    tried: "find this machine's release of Debian",
    where: '/etc/os-release',
    expected: 'VERSION_CODENAME',
    got: facts,
  });
}
