import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { errorMessage, formatSize, parseConfig, parseSize, sectorBytes } from '../../foundation/index.ts';
import { parseYaml } from '../script/yaml-source.ts';
import { knownStateErrors } from './errors.ts';

/** Partitions begin on a mebibyte and are whole ones. */
const alignmentBytes = 1024 * 1024;

/** An MBR has four entries; logical drives cannot be started from. */
const mostPartitions = 4;

const layoutName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'the name of a layout is a lower-case word of at most 32 characters');

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,15}$/, 'a name is a lower-case word of at most 16 characters');

const sizeBytes = z.string().transform((text, context): number => {
  try {
    return parseSize(text);
  } catch {
    context.addIssue({
      code: 'custom',
      message: `"${text}" is no size: write a whole number with B, KiB, MiB or GiB`,
    });
    return z.NEVER;
  }
});

const partitionSchema = z.strictObject({
  name,
  size: z.union([z.literal('rest'), sizeBytes]),
  /** `system`: a redundant copy of the system image. `data`: an ext4 file system of the application's. */
  holds: z.enum(['system', 'data']),
});

const diskSchema = z.strictObject({
  name,
  size: sizeBytes,
  /** Parts of the device path under /sys: the disk is found by where it hangs (spec M8). */
  ports: z
    .array(z.string().min(3))
    .min(1)
    .refine((ports) => ports.every((port) => /^[^\s,]+$/.test(port)), 'a port has no spaces and no commas'),
  partitions: z.array(partitionSchema).min(1).max(mostPartitions),
});

/**
 * The text format of a layout with redundant system images (spec B1, B4): any number of system partitions on any number
 * of disks, and application data on disks of its own (spec B8).
 */
export const redundantLayoutSchema = z.strictObject({
  name: layoutName,
  /** Restarts a machine that hangs, from the decision on; an IB700 counts at most 30 s. */
  watchdog: z
    .strictObject({ kind: z.literal('ib700'), seconds: z.int().min(2).max(30).multipleOf(2) })
    .optional(),
  disks: z.array(diskSchema).min(1).max(8),
});

export type RedundantLayout = z.output<typeof redundantLayoutSchema>;

export interface RedundantPartition {
  name: string;
  holds: 'system' | 'data';
  /** The name of the disk that it lies on. */
  disk: string;
  /** The number in device names, 1 to 4. */
  number: number;
  firstSector: number;
  sectors: number;
}

export interface RedundantDisk {
  name: string;
  sizeBytes: number;
  ports: readonly string[];
  partitions: readonly RedundantPartition[];
}

/** A layout with every place worked out. Plain JSON: medium and systems carry it (`/etc/assay/redundant.json`). */
export interface ResolvedRedundantLayout {
  name: string;
  watchdog?: { kind: 'ib700'; seconds: number };
  disks: readonly RedundantDisk[];
}

/** Reads a layout from a file; see {@link parseRedundantLayout}. A file that cannot be read is KNOWN_STATE_LAYOUT_INVALID, too. */
export async function readRedundantLayout(path: string): Promise<ResolvedRedundantLayout> {
  const text = await readFile(path, 'utf8').catch((error) => {
    const tried = `read the layout ${path}`;
    throw knownStateErrors.KNOWN_STATE_LAYOUT_INVALID(
      { tried, where: path, got: errorMessage(error) },
      error,
    );
  });
  return parseRedundantLayout(text, path);
}

/**
 * Parses, checks and places a layout with redundant system images. Pure.
 *
 * @param fileName What errors call it.
 * @throws FOUNDATION_CONFIG_INVALID when it does not follow the schema, KNOWN_STATE_LAYOUT_INVALID when it is no YAML or
 * does not fit. Every problem is named with its line.
 */
export function parseRedundantLayout(text: string, fileName: string): ResolvedRedundantLayout {
  const source = parseYaml(text);
  const invalid = (problems: readonly string[]) =>
    knownStateErrors.KNOWN_STATE_LAYOUT_INVALID({
      tried: `read the layout ${fileName}`,
      where: fileName,
      got: problems.join('\n            '),
    });
  if (source.problems.length > 0) {
    throw invalid(source.problems.map((problem) => `line ${problem.line}: ${problem.text}`));
  }
  const locate = (path: readonly PropertyKey[]) => `line ${source.lineOf(path)}`;
  const layout = parseConfig(redundantLayoutSchema, source.value, `the layout ${fileName}`, locate);
  const problems = checkRedundantLayout(layout);
  if (problems.length > 0) throw invalid(problems.map(({ path, problem }) => `${locate(path)}: ${problem}`));
  const { watchdog, disks } = layout;
  return {
    name: layout.name,
    ...(watchdog === undefined ? {} : { watchdog }),
    disks: disks.map(placePartitions),
  };
}

/** Every system partition, in the order of the text. Pure. */
export function systemPartitions({ disks }: ResolvedRedundantLayout): RedundantPartition[] {
  return disks.flatMap(({ partitions }) => partitions).filter(({ holds }) => holds === 'system');
}

interface Problem {
  path: readonly PropertyKey[];
  problem: string;
}

function checkRedundantLayout({ disks }: RedundantLayout): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  const claim = (word: string, path: readonly PropertyKey[]) => {
    if (seen.has(word)) problems.push({ path, problem: `${word} is declared twice` });
    seen.add(word);
  };
  for (const [index, disk] of disks.entries()) {
    const at = (...path: PropertyKey[]) => ['disks', index, ...path];
    claim(`disk "${disk.name}"`, at('name'));
    for (const [number, port] of disk.ports.entries()) claim(`port "${port}"`, at('ports', number));
    for (const [number, partition] of disk.partitions.entries()) {
      claim(`partition "${partition.name}"`, at('partitions', number, 'name'));
      if (partition.size !== 'rest' && (partition.size === 0 || partition.size % alignmentBytes !== 0)) {
        problems.push({ path: at('partitions', number, 'size'), problem: 'partitions are whole mebibytes' });
      }
      if (partition.holds !== disk.partitions[0]!.holds) {
        const problem = 'data lies on a disk of its own, so that recovery never comes near it';
        problems.push({ path: at('partitions', number, 'holds'), problem });
      }
    }
    if (disk.partitions.filter(({ size }) => size === 'rest').length > 1) {
      problems.push({ path: at('partitions'), problem: 'only one partition of a disk can take the rest' });
    }
    if (restBytes(disk) < (disk.partitions.some(({ size }) => size === 'rest') ? alignmentBytes : 0)) {
      const problem = `the partitions do not fit on ${formatSize(disk.size)}`;
      problems.push({ path: at('size'), problem });
    }
  }
  if (!disks.some(({ partitions }) => partitions.some(({ holds }) => holds === 'system'))) {
    problems.push({ path: ['disks'], problem: 'no partition holds a system' });
  }
  return problems;
}

/** The first mebibyte is the table's and the boot loader's. */
function restBytes({ size, partitions }: RedundantLayout['disks'][number]): number {
  const taken = partitions.reduce(
    (sum, part) => sum + (part.size === 'rest' ? 0 : part.size),
    alignmentBytes,
  );
  return Math.floor((size - taken) / alignmentBytes) * alignmentBytes;
}

function placePartitions(disk: RedundantLayout['disks'][number]): RedundantDisk {
  let nextByte = alignmentBytes;
  const partitions = disk.partitions.map(({ name, size, holds }, index) => {
    const partitionBytes = size === 'rest' ? restBytes(disk) : size;
    const firstSector = nextByte / sectorBytes;
    nextByte += partitionBytes;
    return {
      name,
      holds,
      disk: disk.name,
      number: index + 1,
      firstSector,
      sectors: partitionBytes / sectorBytes,
    };
  });
  return { name: disk.name, sizeBytes: disk.size, ports: disk.ports, partitions };
}
