import type { FileTree } from './file-tree.ts';

/**
 * An operating system as the builder of images hands it to the factory: what the boot loader loads, and the tree
 * of its root file system (spec M1, R2).
 */
export interface SystemImage {
  name: 'primary' | 'emergency';
  /** The kernel (bzImage) on the host. */
  kernelPath: string;
  /** The initial RAM file system on the host. */
  initramfsPath: string;
  /** Kernel arguments that belong to this system; the factory adds those that belong to the disk. */
  kernelArguments: readonly string[];
  rootTree: FileTree;
  /** SHA-256 over every input, in hexadecimal; equal hashes mean equal bytes. */
  inputsHash: string;
}
