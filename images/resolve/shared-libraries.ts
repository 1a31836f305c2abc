import { posix } from 'node:path';
import { imagesErrors } from '../errors.ts';
import { isElf, readElfNeeds } from './elf.ts';
import { type AvailableFiles, linkDestination, mergedUsrPath, packageNode } from './package-files.ts';
import type { TreeDraft, TreeNode } from './tree-draft.ts';

/** The folders that Debian's loader searches, see ld.so(8). */
const libraryFolders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib', '/usr/lib64'];

/**
 * Adds the shared libraries that programs of the tree need, and those that libraries need, from the packages of
 * the selected components (spec R2).
 *
 * @throws IMAGES_LIBRARY_MISSING naming component, file and library.
 */
export async function addLibraries(draft: TreeDraft, available: AvailableFiles): Promise<void> {
  const pending = draft.entries();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [path, node] = next;
    if (!(await mayNeedLibraries(path, node))) continue;
    const { interpreter, libraries } = await readElfNeeds((node as { hostPath: string }).hostPath);
    const wanted = libraries.map((library) => libraryFolders.map((folder) => `${folder}/${library}`));
    if (interpreter !== undefined) wanted.push([mergedUsrPath(interpreter)]);
    for (const places of wanted)
      pending.push(...(await addFirst(draft, available, places, path, node.component)));
  }
}

/** Kernel modules are ELF, too, but not the loader's business. */
async function mayNeedLibraries(path: string, node: TreeNode): Promise<boolean> {
  return node.kind === 'file' && 'hostPath' in node && !path.endsWith('.ko') && (await isElf(node.hostPath));
}

/** Adds the first of `places` that exists, with the files its links lead to; gives what was added. */
async function addFirst(
  draft: TreeDraft,
  available: AvailableFiles,
  places: readonly string[],
  neededBy: string,
  component: string,
): Promise<[string, TreeNode][]> {
  if (places.some((place) => draft.get(place) !== undefined)) return [];
  const place = places.find((one) => available.has(one));
  if (place === undefined) {
    throw imagesErrors.IMAGES_LIBRARY_MISSING({
      tried: `find ${posix.basename(places[0]!)} for ${neededBy}`,
      where: `component ${component}`,
      expected: `the library in a package of the selected components, at ${places.join(' or ')}`,
    });
  }
  const added: [string, TreeNode][] = [];
  for (let path: string | undefined = place; path !== undefined && draft.get(path) === undefined; ) {
    const found = available.get(path);
    if (found === undefined) break;
    const node = packageNode(found.file, found.component);
    await draft.add(path, node);
    added.push([path, node]);
    path = node.kind === 'symlink' ? linkDestination(path, node.target) : undefined;
  }
  return added;
}
