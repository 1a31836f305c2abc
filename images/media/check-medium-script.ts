import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { checkScript, problemLine } from '../../core/factory/index.ts';
import { scriptErrors } from '../../core/script/errors.ts';

/**
 * Checks the script of a medium as the medium will read it, with the scripts that it calls: they are looked for among
 * the medium's files, which may come from several places of the host (spec R5).
 *
 * @param files Names below `/assay` to files of the host.
 * @throws SCRIPT_INVALID with every problem, each by the name of the host's file and its line.
 */
export async function checkMediumScript(files: readonly (readonly [string, string])[]): Promise<void> {
  if (!files.some(([name]) => name === 'script.yaml')) return;
  const folder = await mkdtemp(join(tmpdir(), 'assay-medium-'));
  try {
    const hostPaths = new Map<string, string>();
    for (const [name, hostPath] of files) {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await symlink(resolve(hostPath), path);
      hostPaths.set(path, hostPath);
    }
    const { problems } = await checkScript(join(folder, 'script.yaml'));
    if (problems.length === 0) return;
    const lines = problems.map(({ file, text, ...place }) =>
      // A file that is missing is named by where the medium would have it.
      problemLine({ ...place, file: hostPaths.get(file) ?? file, text: text.replaceAll(folder, '/assay') }),
    );
    throw scriptErrors.SCRIPT_INVALID({
      tried: 'check the script for the medium',
      got: lines.join('\n            '),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
