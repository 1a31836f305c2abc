import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { imagesErrors } from '../errors.ts';
import { readModuleInfo } from './elf.ts';
import type { PackageFile } from './package-files.ts';

/** A kernel module with what it needs. */
export interface KernelModule {
  name: string;
  file: PackageFile;
  /** Modules that must be loaded before it. */
  depends: string[];
  /** Modules that should be loaded before it, when there are such (`softdep … pre:`). */
  wants: string[];
  /** The hardware that it drives, as patterns of modalias. */
  aliases: string[];
}

/** The modules of one kernel package. */
export class KernelModules {
  readonly #kernelName: string;
  readonly #files: ReadonlyMap<string, PackageFile>;
  readonly #builtin: ReadonlySet<string>;
  readonly #read = new Map<string, Promise<KernelModule>>();

  private constructor(
    kernelName: string,
    files: ReadonlyMap<string, PackageFile>,
    builtin: ReadonlySet<string>,
  ) {
    this.#kernelName = kernelName;
    this.#files = files;
    this.#builtin = builtin;
  }

  /** @param kernelName For messages: package and version. */
  static async open(
    kernelName: string,
    packageFiles: ReadonlyMap<string, PackageFile>,
  ): Promise<KernelModules> {
    const files = [...packageFiles.values()];
    const modules = files.filter((file) => /\.ko$/.test(file.path));
    const builtinList = files.find((file) => basename(file.path) === 'modules.builtin');
    const builtin = builtinList === undefined ? '' : await readFile(builtinList.hostPath, 'utf8');
    return new KernelModules(
      kernelName,
      new Map(modules.map((file) => [moduleName(file.path), file])),
      new Set(builtin.split('\n').filter(Boolean).map(moduleName)),
    );
  }

  /**
   * The modules that have to be there so that these can be loaded, each after what it needs. What is built into
   * the kernel needs no file.
   *
   * @param componentName Who wants them, for messages.
   * @throws IMAGES_MODULE_MISSING.
   */
  async closure(names: readonly string[], componentName: string): Promise<KernelModule[]> {
    const found = new Map<string, KernelModule>();
    const visiting = new Set<string>();
    const visit = async (name: string, wantedBy: string, optional: boolean): Promise<void> => {
      const plain = moduleName(name);
      if (visiting.has(plain) || this.#builtin.has(plain)) return;
      visiting.add(plain);
      if (!this.#files.has(plain)) {
        if (optional) return;
        throw this.#missing(plain, wantedBy, componentName);
      }
      const module = await this.#module(plain);
      for (const needed of module.depends) await visit(needed, `module ${plain}`, false);
      for (const wanted of module.wants) await visit(wanted, `module ${plain}`, true);
      found.set(plain, module);
    };
    for (const name of names) await visit(name, `component ${componentName}`, false);
    return [...found.values()];
  }

  #module(name: string): Promise<KernelModule> {
    const known = this.#read.get(name) ?? readModule(name, this.#files.get(name)!);
    this.#read.set(name, known);
    return known;
  }

  #missing(name: string, wantedBy: string, componentName: string): Error {
    return imagesErrors.IMAGES_MODULE_MISSING({
      tried: `add kernel module ${name} for ${wantedBy}`,
      where: `component ${componentName}, kernel ${this.#kernelName}`,
    });
  }
}

/** The name of a module from its path; `-` and `_` are the same to the kernel. */
export function moduleName(path: string): string {
  return basename(path, '.ko').replaceAll('-', '_');
}

/**
 * The files that busybox's and kmod's modprobe read, for these modules: depmod's formats, see modules.dep(5).
 */
export function moduleIndexes(modules: readonly KernelModule[], folder: string): Map<string, string> {
  const sorted = [...modules].sort((a, b) => (a.file.path < b.file.path ? -1 : 1));
  const pathOf = new Map(sorted.map((module) => [module.name, module.file.path.slice(folder.length + 1)]));
  // modprobe loads from the last to the first, so the list is the order of loading, turned round.
  const loadOrder = (module: KernelModule, order: Set<string>): Set<string> => {
    for (const name of module.depends.map(moduleName)) {
      const next = sorted.find((one) => one.name === name);
      if (next !== undefined && !order.has(name)) loadOrder(next, order).add(name);
    }
    return order;
  };
  const line = (module: KernelModule) => {
    const needed = [...loadOrder(module, new Set())].reverse();
    return `${pathOf.get(module.name)}:${needed.map((name) => ` ${pathOf.get(name)}`).join('')}\n`;
  };
  const aliasLines = sorted.flatMap((module) =>
    module.aliases.map((alias) => `alias ${alias} ${module.name}\n`),
  );
  return new Map([
    ['modules.dep', sorted.map(line).join('')],
    ['modules.alias', aliasLines.join('')],
  ]);
}

async function readModule(name: string, file: PackageFile): Promise<KernelModule> {
  const info = await readModuleInfo(file.hostPath);
  const softdeps = (info.get('softdep') ?? []).map(
    (text) => /pre:\s*([^:]*?)(?:\s+post:|$)/.exec(text)?.[1] ?? '',
  );
  return {
    name,
    file,
    depends: (info.get('depends') ?? []).flatMap((text) => text.split(',')).filter(Boolean),
    wants: softdeps.flatMap((text) => text.split(/\s+/)).filter(Boolean),
    aliases: info.get('alias') ?? [],
  };
}
