import type { ImageSource } from '../image-source.ts';
import type { DiskPartition } from '../place.ts';
import type { DiskBudget } from './disk-budget.ts';
import type { FileTree, TreeNode } from './file-tree.ts';
import { type LimitedRun, runLimitedTool } from './limited-tool.ts';
import { largestListingBytes, largestReadBytes, type TreeLimits, usualToolLimits } from './limits.ts';
import { parseSquashfsListing } from './squashfs-listing.ts';
import { imageName, ToolFolder } from './tool-folder.ts';

/** Files that are asked for at once: a command line has an end. */
const filesAtOnce = 200;
/** Nothing a disk says makes unsquashfs keep more blocks at once, and one processor is enough. */
const thrift = ['-no-progress', '-processors', '1', '-data-queue', '16', '-frag-queue', '16'];

/**
 * Reads a squashfs through unsquashfs, which knows all of its compressors. Nothing is unpacked to the host.
 *
 * @param budget Time for tools, and characters of paths, are taken from it.
 * @returns Also what was wrong, in words; without a tree when unsquashfs could not read it, or was ended by a limit.
 */
export async function openSquashfsTree(
  source: ImageSource,
  partition: DiskPartition,
  limits: TreeLimits,
  budget: DiskBudget,
): Promise<{ tree?: FileTree; damages: string[]; endedBy?: string }> {
  const reader = new SquashfsReader(source, partition, budget);
  const run = await reader.run(
    ['-UTC', '-max-depth', String(limits.depth + 1), '-lln'],
    [],
    largestListingBytes,
  );
  const listing = parseSquashfsListing(run.stdout, limits, budget);
  const damages = [
    ...listing.damages,
    ...(run.exitCode === 0 || run.endedBy !== undefined ? [] : [run.stderr]),
  ];
  const endedBy = run.endedBy === undefined ? {} : { endedBy: run.endedBy };
  if (listing.nodes.size === 0) return { damages, ...endedBy };
  return { tree: new SquashfsTree(reader, listing), damages, ...endedBy };
}

class SquashfsReader {
  readonly #source: ImageSource;
  readonly #partition: DiskPartition;
  readonly #budget: DiskBudget;
  #hasGivenUp = false;

  constructor(source: ImageSource, partition: DiskPartition, budget: DiskBudget) {
    this.#source = source;
    this.#partition = partition;
    this.#budget = budget;
  }

  /** After one run that took too long there is no other: a file that unpacks slowly is rarely alone. */
  get hasGivenUp(): boolean {
    return this.#hasGivenUp || this.#budget.isToolTimeUsed;
  }

  async run(options: readonly string[], names: readonly string[], outputBytes: number): Promise<LimitedRun> {
    const { offsetBytes, sizeBytes: lengthBytes } = this.#partition;
    const { signal } = this.#budget;
    const limits = signal === undefined ? {} : { signal };
    await using folder = await ToolFolder.ofDisk(this.#source, { offsetBytes, lengthBytes }, limits);
    const offset = ['-offset', String(offsetBytes)];
    const toolArguments = [...thrift, ...offset, ...options, imageName, ...names];
    const run = await this.#budget.forTool({ ...usualToolLimits, outputBytes }, (limits) =>
      runLimitedTool('unsquashfs', toolArguments, folder, limits),
    );
    this.#hasGivenUp ||= run.limit === 'time';
    return run;
  }
}

interface Listing {
  nodes: ReadonlyMap<string, TreeNode>;
  /** Names that unsquashfs understands; others are not read. */
  names: ReadonlyMap<string, string>;
  wasCut: boolean;
}

class SquashfsTree implements FileTree {
  readonly nodes: ReadonlyMap<string, TreeNode>;
  readonly wasCut: boolean;
  readonly #names: ReadonlyMap<string, string>;
  readonly #reader: SquashfsReader;

  constructor(reader: SquashfsReader, { nodes, names, wasCut }: Listing) {
    this.#reader = reader;
    this.nodes = nodes;
    this.#names = names;
    this.wasCut = wasCut;
  }

  async read(path: string, lengthBytes: number): Promise<Buffer | undefined> {
    const name = this.#names.get(path);
    if (name === undefined || this.nodes.get(path)?.kind !== 'file') return undefined;
    const wanted = Math.max(0, Math.min(this.nodes.get(path)!.sizeBytes, lengthBytes, largestReadBytes));
    if (wanted === 0) return Buffer.alloc(0);
    if (this.#reader.hasGivenUp) return undefined;
    const { stdout } = await this.#reader.run(['-no-wildcards', '-cat'], [name], wanted);
    return stdout.length < wanted ? undefined : stdout.subarray(0, wanted);
  }

  /** Files that are wanted whole come out of one run, one behind the other; of larger ones only the beginning is wanted, each by itself. */
  async readMany(paths: readonly string[], lengthBytes: number): Promise<Map<string, Buffer>> {
    const contents = new Map<string, Buffer>();
    const known = [...new Set(paths)].filter(
      (path) => this.nodes.get(path)?.kind === 'file' && this.#names.has(path),
    );
    const sizeOf = (path: string) => this.nodes.get(path)!.sizeBytes;
    const small = known.filter((path) => sizeOf(path) <= lengthBytes);
    const alone = known.filter((path) => sizeOf(path) > lengthBytes);
    for (let at = 0; at < small.length; at += filesAtOnce) {
      const together = small.slice(at, at + filesAtOnce);
      const whole = await this.#readTogether(together, together.map(sizeOf));
      if (whole === undefined) alone.push(...together);
      else for (const [index, path] of together.entries()) contents.set(path, whole[index]!);
    }
    for (const path of alone) {
      const content = await this.read(path, lengthBytes);
      if (content !== undefined) contents.set(path, content);
    }
    return contents;
  }

  /** Undefined unless every one of them came whole: then nobody knows where one ends. */
  async #readTogether(paths: readonly string[], sizes: readonly number[]): Promise<Buffer[] | undefined> {
    const total = sizes.reduce((sum, size) => sum + size, 0);
    if (total > largestReadBytes || this.#reader.hasGivenUp) return undefined;
    const names = paths.map((path) => this.#names.get(path)!);
    const { stdout, exitCode } = await this.#reader.run(['-no-wildcards', '-cat'], names, total + 1);
    if (exitCode !== 0 || stdout.length !== total) return undefined;
    let at = 0;
    return sizes.map((size) => {
      at += size;
      return stdout.subarray(at - size, at);
    });
  }
}
