import type { FileTree, TreeNode } from '../file-systems/index.ts';

/** What a file is, as far as that says what a secret in it means. */
export type FileNature =
  /** Whatever somebody put there. */
  | 'file'
  /** A program or library, there where a distribution has its own; a kernel. */
  | 'program-of-distribution'
  /** A program or library in another place. */
  | 'program'
  /** Of the tests, examples or documentation of a package. */
  | 'test';

/** ELF, and archives of objects (`libgnutls.a`). */
const programs = [Buffer.from('\x7fELF', 'latin1'), Buffer.from('!<arch>\n')];
/** Of a kernel for x86: the mark of a boot sector, and the one of its header (Linux, Documentation/arch/x86/boot.rst). */
const kernelMarks = [
  [0x1fe, Buffer.from('55aa', 'hex')],
  [0x202, Buffer.from('HdrS')],
] as const;
const longestMagicBytes = 0x206;

/** Where a whole system may lie deeper: deployments of OSTree, layers of Docker and Podman. */
const systemBelow =
  '(?:/ostree/deploy/[^/]{1,255}/deploy/[^/]{1,255}|/var/lib/docker/overlay2/[^/]{1,255}/diff|/var/lib/containers/storage/overlay/[^/]{1,255}/diff)?';
const distributionFolder = new RegExp(
  `^${systemBelow}/(?:usr/)?(?:lib|lib32|lib64|libx32|libexec|bin|sbin|share)/`,
);

/** On a system's partition, or on one of its own: /boot, of OSTree and Fedora too, or what UEFI starts from. */
const kernelPath =
  /^(?:\/boot|\/EFI\/[^/]{1,255}|(?:\/usr)?\/lib\/modules\/[^/]{1,255}|(?:\/boot)?\/ostree\/[^/]{1,255})?\/(?:vmlinuz|bzImage)[^/]{0,255}$/i;

/** Where packages of a language lie, wherever that is. */
const packageFolder = /\/(?:node_modules|site-packages|dist-packages|gems)\//;
const testFolder = /^(?:.{1,100}[._-])?(?:tests?|testing|testdata|fixtures?|examples?|demos?|docs?)$/;
const testFile = /^(?:.{1,100}[._-])?tests?[._-]/;

/** @param paths All names of the file: it is what the least harmless of them says. */
export async function natureOf(tree: FileTree, paths: readonly string[]): Promise<FileNature> {
  const magic = await tree.read(paths[0]!, longestMagicBytes);
  if (isKernel(magic) && paths.every((path) => kernelPath.test(path))) return 'program-of-distribution';
  const isProgram = programs.some((one) => magic?.subarray(0, one.length).equals(one));
  const isSystem = hasSystem(tree);
  const isOfDistribution = paths.every((path) => isSystem && distributionFolder.test(path));
  if (isProgram) return isOfDistribution ? 'program-of-distribution' : 'program';
  const isTest = paths.every((path) => (isOfDistribution || packageFolder.test(path)) && hasTestName(path));
  return isTest ? 'test' : 'file';
}

function isKernel(content: Buffer | undefined): boolean {
  return kernelMarks.every(([at, mark]) => content?.subarray(at, at + mark.length).equals(mark));
}

function hasTestName(path: string): boolean {
  const names = path.split('/');
  return testFile.test(names.pop()!) || names.some((name) => testFolder.test(name));
}

/** A partition with data may have folders `bin` and `lib`, too, and what is in them is the maker's. */
function hasSystem({ nodes }: FileTree): boolean {
  const isThere = (path: string, kind: TreeNode['kind']) => nodes.get(path)?.kind === kind;
  // The second is that of a separate /usr.
  return (
    isThere('/etc', 'folder') || isThere('/lib/os-release', 'file') || isThere('/ostree/deploy', 'folder')
  );
}
