import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { runTool } from '../../foundation/index.ts';

export interface AssemblyOptions {
  sourcePath: string;
  assemblerArguments: readonly string[];
  linkerArguments: readonly string[];
  symbols: Record<string, number>;
}

/**
 * Assembles and links one source file, with what it includes from its own folder; takes some tens of milliseconds, so
 * nothing is kept.
 */
export async function assemble(options: AssemblyOptions): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-assembly-'));
  try {
    const objectPath = join(folder, 'object.o');
    const codePath = join(folder, 'code');
    const definitions = Object.entries(options.symbols).flatMap(([name, value]) => [
      '--defsym',
      `${name}=${value}`,
    ]);
    const sourcePath = resolve(options.sourcePath);
    const words = [...options.assemblerArguments, ...definitions, '-o', objectPath, sourcePath];
    // What is included is looked for in the working folder first: it is the source's own.
    await runTool('as', words, { cwd: dirname(sourcePath) });
    await runTool('ld', [...options.linkerArguments, '-o', codePath, objectPath]);
    return await readFile(codePath);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
