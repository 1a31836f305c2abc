import { readdir, stat } from 'node:fs/promises';
import { join, matchesGlob } from 'node:path';
import { imagesErrors } from '../errors.ts';
import type { Component } from '../selection/component.ts';
import { type KernelModule, type KernelModules, moduleIndexes } from './kernel-modules.ts';
import { type AvailableFiles, linkDestination, type PackageFile, packageNode } from './package-files.ts';
import { addLibraries } from './shared-libraries.ts';
import { TreeDraft, type TreeNode } from './tree-draft.ts';

/** Where the files of components come from. */
export interface ComponentSources {
  /** Files of a Debian package by path. */
  packageFiles(packageName: string): ReadonlyMap<string, PackageFile>;
  /** Files of npm packages and bundled programs: path in the tree to node. */
  madeFiles(component: Component): ReadonlyMap<string, TreeNode>;
  kernelModules: KernelModules;
  /** The folder of the kernel's modules in the tree: `/usr/lib/modules/6.1.0-49-cloud-amd64`. */
  modulesFolder: string;
}

/** Names of the kernel modules that rcS and the initial RAM file system load, one per line. */
export const bootModulesPath = '/etc/modules';

/**
 * Resolves components to the minimal list of files (spec R2): what each names, the targets of links, shared
 * libraries, and kernel modules with those that they depend on.
 *
 * @returns Nodes sorted by path, parents before children.
 * @throws IMAGES_FILE_MISSING, IMAGES_FILE_CONFLICT, IMAGES_LIBRARY_MISSING, IMAGES_MODULE_MISSING.
 */
export async function resolveTree(
  components: readonly Component[],
  sources: ComponentSources,
): Promise<[string, TreeNode][]> {
  const draft = new TreeDraft();
  for (const component of components) {
    for (const path of component.replaces) draft.reserve(path, component.name);
  }
  for (const component of components) await addComponent(draft, component, sources);
  const available = new Map(
    components.flatMap((component) =>
      component.packages.flatMap((name) =>
        [...sources.packageFiles(name)].map(
          ([path, file]) => [path, { file, component: component.name }] as const,
        ),
      ),
    ),
  );
  await addLinkTargets(draft, available);
  await addLibraries(draft, available);
  await addModules(draft, components, sources);
  return draft.finished();
}

async function addComponent(
  draft: TreeDraft,
  component: Component,
  sources: ComponentSources,
): Promise<void> {
  const { name } = component;
  for (const { path, mode } of component.directories) {
    await draft.add(path, { kind: 'directory', mode: Number.parseInt(mode, 8), component: name });
  }
  for (const pattern of component.files) {
    for (const file of matchingFiles(component, pattern, sources))
      await draft.add(file.path, packageNode(file, name));
  }
  for (const [path, node] of sources.madeFiles(component)) await draft.add(path, node);
  for (const { path, ...node } of await readOwnFiles(component)) await draft.add(path, node);
  for (const [path, target] of Object.entries(component.links)) {
    await draft.add(path, { kind: 'symlink', target, mode: 0o777, component: name });
  }
  for (const { target, folder, names } of component.applets) {
    for (const applet of names) {
      await draft.add(`${folder}/${applet}`, { kind: 'symlink', target, mode: 0o777, component: name });
    }
  }
  for (const { path, type, major, minor, mode } of component.devices) {
    const device = { kind: 'device', deviceType: type, major, minor } as const;
    await draft.add(path, { ...device, mode: Number.parseInt(mode, 8), component: name });
  }
}

function matchingFiles(component: Component, pattern: string, sources: ComponentSources): PackageFile[] {
  const files = component.packages.flatMap((name) => [...sources.packageFiles(name).values()]);
  const matching = files.filter((file) => file.path === pattern || matchesGlob(file.path, pattern));
  if (matching.length === 0) {
    throw imagesErrors.IMAGES_FILE_MISSING({
      tried: `take ${pattern} for component ${component.name}`,
      where: `${component.sourcePath}, packages ${component.packages.join(', ') || 'none'}`,
    });
  }
  return matching;
}

/** A component's own files, sorted: a folder that is laid over the root of the tree. Only the x bit of a mode counts. */
export async function readOwnFiles(
  component: Component,
): Promise<({ path: string; hostPath: string } & TreeNode & { kind: 'file' })[]> {
  const entries = await readdir(component.ownFilesPath, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  const hostPaths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    hostPaths.sort().map(async (hostPath) => {
      const mode = ((await stat(hostPath)).mode & 0o100) !== 0 ? 0o755 : 0o644;
      const path = hostPath.slice(component.ownFilesPath.length);
      return { path, kind: 'file' as const, hostPath, mode, component: component.name };
    }),
  );
}

/** A link of a package to a file of a selected package brings the file. */
async function addLinkTargets(draft: TreeDraft, available: AvailableFiles): Promise<void> {
  const pending = draft.entries();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [path, node] = next;
    if (node.kind !== 'symlink') continue;
    const destination = linkDestination(path, node.target);
    const found = available.get(destination);
    if (found === undefined || draft.get(destination) !== undefined) continue;
    const target = packageNode(found.file, found.component);
    await draft.add(destination, target);
    pending.push([destination, target]);
  }
}

async function addModules(
  draft: TreeDraft,
  components: readonly Component[],
  { kernelModules, modulesFolder }: ComponentSources,
): Promise<void> {
  const modules = new Map<string, KernelModule>();
  const bootNames: string[] = [];
  for (const component of components) {
    const wanted = [...component.modules, ...component.modulesOnDemand];
    for (const module of await kernelModules.closure(wanted, component.name)) {
      if (modules.has(module.name)) continue;
      modules.set(module.name, module);
      await draft.add(module.file.path, packageNode(module.file, component.name));
    }
    bootNames.push(...component.modules.filter((name) => modules.has(name)));
  }
  if (modules.size === 0) return;
  const generated = { kind: 'file', mode: 0o644, component: 'kernel-modules' } as const;
  for (const [name, text] of moduleIndexes([...modules.values()], modulesFolder)) {
    await draft.add(`${modulesFolder}/${name}`, { ...generated, content: Buffer.from(text) });
  }
  const bootList = [...new Set(bootNames)].map((name) => `${name}\n`).join('');
  await draft.add(bootModulesPath, { ...generated, content: Buffer.from(bootList) });
}
