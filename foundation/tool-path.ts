import { foundationErrors } from './errors.ts';
import { hostTools } from './host-tools.ts';

/** sbin is not on everybody's PATH, and the file-system tools live there. */
export const toolPath = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin`;

/** What every program of the host is told, whatever else. */
export const toolEnvironment = { LC_ALL: 'C', PATH: toolPath };

/** FOUNDATION_TOOL_MISSING of a program, or of a file by its absolute path, with the package that has it. */
export function toolMissing(name: string): Error {
  const debianPackage = hostTools.find((tool) => tool.name === name)?.debianPackage;
  return foundationErrors.FOUNDATION_TOOL_MISSING({
    ...(name.startsWith('/')
      ? { tried: 'read a file', where: name }
      : { tried: `start ${name}`, where: 'PATH' }),
    ...(debianPackage === undefined
      ? {}
      : { remedy: `apt-get install --no-install-recommends ${debianPackage}; in a checkout, ./setup` }),
  });
}
