import { open } from 'node:fs/promises';
import { runTool } from '../../foundation/index.ts';

/** What a program or library asks of the loader. */
export interface ElfNeeds {
  /** Path of the program interpreter, of programs only. */
  interpreter?: string;
  /** Names of shared libraries (DT_NEEDED). */
  libraries: string[];
}

/** True when the file starts with the magic of ELF. */
export async function isElf(hostPath: string): Promise<boolean> {
  const file = await open(hostPath, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && buffer.equals(elfMagic);
  } finally {
    await file.close();
  }
}

/** What an ELF file needs, read by binutils. Static programs need nothing. */
export async function readElfNeeds(hostPath: string): Promise<ElfNeeds> {
  const { stdout } = await runTool('readelf', ['--program-headers', '--dynamic', '--wide', hostPath]);
  const interpreter = /\[Requesting program interpreter: (.+)\]/.exec(stdout)?.[1];
  const libraries = [...stdout.matchAll(/\(NEEDED\)\s+Shared library: \[(.+)\]/g)].map((found) => found[1]!);
  return { libraries, ...(interpreter === undefined ? {} : { interpreter }) };
}

/** The `.modinfo` section of a kernel module: `depends`, `alias`, `softdep` … each with all its values. */
export async function readModuleInfo(hostPath: string): Promise<Map<string, string[]>> {
  const { stdout } = await runTool('readelf', ['--string-dump=.modinfo', '--wide', hostPath]);
  const info = new Map<string, string[]>();
  for (const [, key, value] of stdout.matchAll(/^\s*\[\s*[0-9a-f]+\]\s+([a-z_]+)=(.*)$/gm)) {
    info.set(key!, [...(info.get(key!) ?? []), value!]);
  }
  return info;
}

const elfMagic = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);
