import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { benchErrors } from './errors.ts';

/** Programs that Assay is compared with and does not need itself, and the Debian packages that have them. */
const debianPackages = {
  nbdcopy: 'libnbd-bin',
  mmdebstrap: 'mmdebstrap',
  chromium: 'chromium',
  openssl: 'openssl',
};

export type ComparedTool = keyof typeof debianPackages;

const usualPath = `${process.env.PATH ?? ''}:/usr/bin:/bin`;

/**
 * Where such a program is, looked up before a long measurement begins.
 *
 * @throws BENCH_TOOL_MISSING with the command that installs it.
 */
export async function findComparedTool(name: ComparedTool, searchPath = usualPath): Promise<string> {
  for (const folder of searchPath.split(delimiter).filter(Boolean)) {
    const path = join(folder, name);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  throw benchErrors.BENCH_TOOL_MISSING({
    tried: `find ${name}`,
    where: 'PATH',
    remedy: `apt-get install --no-install-recommends ${debianPackages[name]}; ./setup does not, for Assay itself never starts it`,
  });
}
