import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from '../../foundation/index.ts';

export interface AssemblyOptions {
  sourcePath: string;
  assemblerArguments: readonly string[];
  linkerArguments: readonly string[];
  symbols: Record<string, number>;
}

/** Assembles and links one source file; takes some tens of milliseconds, so nothing is kept. */
export async function assemble(options: AssemblyOptions): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-assembly-'));
  try {
    const objectPath = join(folder, 'object.o');
    const codePath = join(folder, 'code');
    const definitions = Object.entries(options.symbols).flatMap(([name, value]) => [
      '--defsym',
      `${name}=${value}`,
    ]);
    await runTool('as', [
      ...options.assemblerArguments,
      ...definitions,
      '-o',
      objectPath,
      options.sourcePath,
    ]);
    await runTool('ld', [...options.linkerArguments, '-o', codePath, objectPath]);
    return await readFile(codePath);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
