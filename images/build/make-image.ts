import { constants } from 'node:fs';
import { copyFile, link, mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import type { FileTreeEntry } from '../../core/factory/file-tree.ts';
import { imagesErrors } from '../errors.ts';
import type { PackageRecord } from '../packages/package-record.ts';
import type { PackageStore } from '../packages/package-store.ts';
import { npmFilePath, strippedProgram } from '../packages/stripped-program.ts';
import { type ComponentSources, resolveTree } from '../resolve/component-tree.ts';
import { KernelModules } from '../resolve/kernel-modules.ts';
import { type PackageFile, readPackageFiles } from '../resolve/package-files.ts';
import type { TreeNode } from '../resolve/tree-draft.ts';
import type { Component } from '../selection/component.ts';
import type { ComponentSize } from './build-image.ts';
import { zstd19 } from './compress.ts';
import { writeCpio } from './cpio.ts';
import { type ImageManifest, imageFiles } from './image-cache.ts';
import type { ImageInputs } from './image-inputs.ts';

type Nodes = readonly [string, TreeNode][];

/** Fills the folder of an image: kernel, initial RAM file system, and the files of the root tree. */
export async function makeImage(
  path: string,
  inputs: ImageInputs,
  store: PackageStore,
  cachePath: string,
  onProgress: (message: string) => void,
): Promise<ImageManifest> {
  const { recipe, kernelComponent, kernelPackage } = inputs;
  const materials = await makeMaterials(inputs, store, cachePath, onProgress);
  const kernel = findKernel(materials.kernelFiles, inputs);
  const sources = await openSources(inputs, materials);
  const initramfs = await resolveTree(inputs.initramfsComponents, sources);
  const root = await resolveTree(inputs.rootComponents, sources);
  await copyFile(kernel.hostPath, join(path, imageFiles.kernel), constants.COPYFILE_FICLONE);
  await writeFile(join(path, imageFiles.initramfs), await zstd19(await writeCpio(initramfs)));
  const ramTree = await keepTree({ imagePath: path, folder: imageFiles.ramRoot, cachePath }, initramfs);
  const rootTree = await keepTree({ imagePath: path, folder: imageFiles.root, cachePath }, root);
  const kernelBytes = (await stat(kernel.hostPath)).size;
  return {
    name: recipe.name,
    kernelArguments: recipe.kernelArguments,
    packages: [kernelPackage.name, ...inputs.packages.keys()].sort(),
    components: componentSizes([
      { component: kernelComponent.name, file: imageFiles.kernel, sizeBytes: kernelBytes },
      ...keptFiles(initramfs, ramTree),
      ...keptFiles(root, rootTree),
    ]),
    rootTree,
  };
}

type PackageFiles = ReadonlyMap<string, PackageFile>;

/** What trees are put together from. */
interface Materials {
  kernelFiles: PackageFiles;
  /** By the name of the package; without the kernel's. */
  packageFiles: ReadonlyMap<string, PackageFiles>;
  madeFiles: ReadonlyMap<Component, Map<string, TreeNode>>;
}

/**
 * Unpacks every package and makes what is not in packages, at the same time: the kernel's package and Node are large, and
 * neither wants more than one processor. When it throws, nothing of it is under way any more.
 */
async function makeMaterials(
  inputs: ImageInputs,
  store: PackageStore,
  cachePath: string,
  onProgress: (message: string) => void,
): Promise<Materials> {
  const parts = [
    unpack(inputs.kernelPackage, store, onProgress),
    unpackAll(inputs.packages, store, onProgress),
    makeAllFiles(inputs, cachePath, onProgress),
  ] as const;
  await Promise.allSettled(parts);
  const [kernelFiles, packageFiles, madeFiles] = await Promise.all(parts);
  return { kernelFiles, packageFiles, madeFiles };
}

async function unpackAll(
  packages: ImageInputs['packages'],
  store: PackageStore,
  onProgress: (message: string) => void,
): Promise<Map<string, PackageFiles>> {
  const files = new Map<string, PackageFiles>();
  for (const [name, record] of packages) files.set(name, await unpack(record, store, onProgress));
  return files;
}

async function unpack(
  record: PackageRecord,
  store: PackageStore,
  onProgress: (message: string) => void,
): Promise<PackageFiles> {
  return await readPackageFiles(await store.unpacked(record, onProgress));
}

async function openSources(inputs: ImageInputs, materials: Materials): Promise<ComponentSources> {
  const { kernelFiles, packageFiles, madeFiles } = materials;
  const { name, version } = inputs.kernelPackage;
  return {
    packageFiles: (packageName) => packageFiles.get(packageName)!,
    madeFiles: (component) => madeFiles.get(component)!,
    kernelModules: await KernelModules.open(`${name} ${version}`, kernelFiles),
    modulesFolder: modulesFolder(kernelFiles),
  };
}

async function makeAllFiles(
  inputs: ImageInputs,
  cachePath: string,
  onProgress: (message: string) => void,
): Promise<Map<Component, Map<string, TreeNode>>> {
  const files = new Map<Component, Map<string, TreeNode>>();
  for (const component of [...inputs.initramfsComponents, ...inputs.rootComponents]) {
    files.set(component, await makeFiles(component, inputs, cachePath, onProgress));
  }
  return files;
}

async function makeFiles(
  component: Component,
  inputs: ImageInputs,
  cachePath: string,
  onProgress: (message: string) => void,
): Promise<Map<string, TreeNode>> {
  const files = new Map<string, TreeNode>();
  for (const { package: packageName, from, to, strip } of component.npmFiles) {
    const source = npmFilePath(packageName, from, component.name);
    const hostPath = strip ? await strippedProgram(source, cachePath, onProgress) : source;
    const mode = ((await stat(hostPath)).mode & 0o100) !== 0 ? 0o755 : 0o644;
    files.set(to, { kind: 'file', hostPath, mode, component: component.name });
  }
  for (const { from, to } of component.programs) {
    for (const [name, content] of inputs.programs.get(from)!) {
      const node = { kind: 'file', mode: 0o644, component: component.name } as const;
      files.set(posix.join(to, name), { ...node, content: Buffer.from(content) });
    }
  }
  return files;
}

function findKernel(files: ReadonlyMap<string, PackageFile>, inputs: ImageInputs): PackageFile {
  const kernel = [...files.values()].find((file) => file.path.startsWith('/boot/vmlinuz-'));
  if (kernel !== undefined) return kernel;
  throw imagesErrors.IMAGES_KERNEL_MISSING({
    tried: `find /boot/vmlinuz-* in ${inputs.kernelPackage.name}`,
    where: inputs.kernelComponent.sourcePath,
  });
}

function modulesFolder(kernelFiles: ReadonlyMap<string, PackageFile>): string {
  for (const path of kernelFiles.keys()) {
    const folder = /^\/usr\/lib\/modules\/[^/]+/.exec(path)?.[0];
    if (folder !== undefined) return folder;
  }
  return '/usr/lib/modules/none';
}

/** Where the files of a tree are kept. */
interface TreePlace {
  imagePath: string;
  /** Relative to the image. */
  folder: string;
  cachePath: string;
}

/** Puts the files of a tree into a folder of the image, so that an image stands by itself. */
async function keepTree(place: TreePlace, nodes: Nodes): Promise<FileTreeEntry[]> {
  const entries: FileTreeEntry[] = [];
  for (const [path, node] of nodes) entries.push(await keepEntry(place, path, node));
  return entries;
}

async function keepEntry(place: TreePlace, path: string, node: TreeNode): Promise<FileTreeEntry> {
  const base = { path, mode: node.mode, uid: 0, gid: 0 };
  if (node.kind === 'directory') return { ...base, kind: 'directory' };
  if (node.kind === 'symlink') return { ...base, kind: 'symlink', target: node.target };
  if (node.kind === 'device') {
    const { deviceType, major, minor } = node;
    return { ...base, kind: 'device', deviceType, major, minor };
  }
  const sourcePath = join(place.folder, path);
  const hostPath = join(place.imagePath, sourcePath);
  await mkdir(dirname(hostPath), { recursive: true });
  if ('content' in node) await writeFile(hostPath, node.content);
  else await linkOrCopy(node.hostPath, hostPath, place.cachePath);
  return { ...base, kind: 'file', sourcePath, sizeBytes: (await stat(hostPath)).size };
}

/**
 * Files of the cache never change, so an image shares them by hard links: Node alone has 100 MB. Files of the
 * repository and of users do change, and are copied.
 */
async function linkOrCopy(from: string, to: string, cachePath: string): Promise<void> {
  const linked =
    from.startsWith(`${cachePath}/`) &&
    (await link(from, to).then(
      () => true,
      () => false,
    ));
  if (!linked) await copyFile(from, to, constants.COPYFILE_FICLONE);
}

interface KeptFile {
  component: string;
  file: string;
  sizeBytes: number;
}

function keptFiles(nodes: Nodes, entries: readonly FileTreeEntry[]): KeptFile[] {
  return entries.flatMap((entry, index) => {
    if (entry.kind !== 'file' || !('sourcePath' in entry)) return [];
    const [, node] = nodes[index]!;
    return [{ component: node.component, file: entry.sourcePath, sizeBytes: entry.sizeBytes }];
  });
}

/** Sizes by component, the largest first. */
function componentSizes(files: readonly KeptFile[]): ComponentSize[] {
  const sizes = Map.groupBy(files, (file) => file.component);
  return [...sizes]
    .map(([component, own]) => ({
      component,
      installedBytes: own.reduce((sum, file) => sum + file.sizeBytes, 0),
      files: own.map((file) => file.file),
    }))
    .sort((a, b) => b.installedBytes - a.installedBytes);
}
