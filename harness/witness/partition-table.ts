import { errorMessage } from '../../foundation/index.ts';
import { runDiskTool } from './disk-tool.ts';
import { witnessErrors } from './errors.ts';

/** One partition of a table; sectors are of 512 bytes. */
export interface PartitionEntry {
  /** 1 to 4, logical drives from 5. */
  number: number;
  firstSector: number;
  sectorCount: number;
  /** As sfdisk writes it: of an MBR two hexadecimal digits without leading zero (`83`, `c`), of a GPT a GUID. */
  type: string;
  /** Marked to be booted from. */
  isActive: boolean;
  isLogical: boolean;
  isExtended: boolean;
}

/** A partition table: an MBR (`dos`) or a GPT. */
export interface PartitionTable {
  kind: 'dos' | 'gpt';
  /** Of an MBR `0x8c255309`, of a GPT the disk's GUID. */
  diskSignature: string;
  partitions: PartitionEntry[];
}

const extendedTypes = ['5', 'f', '85'];

interface SfdiskOutput {
  partitiontable: {
    label: string;
    id: string;
    partitions?: { node: string; start: number; size: number; type: string; bootable?: boolean }[];
  };
}

/**
 * Reads a disk's partition table through sfdisk.
 *
 * @throws WITNESS_NO_PARTITION_TABLE
 */
export async function readPartitionTable(path: string, signal?: AbortSignal): Promise<PartitionTable> {
  const { stdout } = await runDiskTool(path, 'sfdisk', ['--json', path], { signal }).catch((error) => {
    if (error.code !== 'FOUNDATION_TOOL_FAILED' || signal?.aborted) throw error;
    const facts = { tried: `read the partition table of ${path}`, got: errorMessage(error) };
    throw witnessErrors.WITNESS_NO_PARTITION_TABLE(facts, error);
  });
  const { label, id, partitions = [] } = (JSON.parse(stdout) as SfdiskOutput).partitiontable;
  return {
    kind: label as PartitionTable['kind'],
    diskSignature: id,
    partitions: partitions.map(({ node, start, size, type, bootable = false }) => {
      // The node is the disk's path with the number behind it, after a `p` when the path ends in a digit.
      const number = Number(/(\d+)$/.exec(node.slice(path.length))![1]);
      return {
        number,
        firstSector: start,
        sectorCount: size,
        type,
        isActive: bootable,
        isLogical: label === 'dos' && number > 4,
        isExtended: label === 'dos' && extendedTypes.includes(type),
      };
    }),
  };
}
