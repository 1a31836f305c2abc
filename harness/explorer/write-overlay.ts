import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { sectorBytes } from '../../foundation/index.ts';
import type { WriteLog } from '../../vm/index.ts';
import { readRun, type SectorRun } from './state-content.ts';
import type { WriteHistory } from './write-history.ts';

/** As small as a sector, so that nothing of the base image has to be copied; the smallest that qcow2 allows. */
const clusterBytes = sectorBytes;
const clusterBits = 9;
const entriesPerTable = clusterBytes / 8;
/** Reference counts have 16 bits. */
const countsPerBlock = clusterBytes / 2;
const headerBytes = 104;
/** The cluster is this file's alone, and may be written to (qcow2, "Cluster mapping"). */
const isOwn = 1n << 63n;
const backingFormat = 'raw';

/**
 * Writes a qcow2 image (version 3, QEMU's docs/interop/qcow2.txt) whose backing file is the base image and whose clusters
 * are the sectors that differ from it. Everything is in its place at once: no tool has to be started, and the time
 * it takes does not depend on the size of the disk.
 */
export async function writeOverlay(
  history: WriteHistory,
  log: WriteLog,
  runs: readonly SectorRun[],
  path: string,
): Promise<void> {
  const sectors = runs.flatMap(({ firstSector, sectorCount }) =>
    Array.from({ length: sectorCount }, (_, index) => firstSector + index),
  );
  const plan = planOf(history, sectors);
  await using file = await open(path, 'wx', 0o600);
  const tables = tablesOf(plan, sectors);
  const parts = [headerOf(history, plan), tables];
  for (const run of runs) parts.push(await readRun(log, run));
  await file.writev(parts);
}

/** Which cluster begins what; all tables lie one after the other, and the data behind them. */
interface Plan {
  sizeBytes: number;
  backingName: Buffer;
  headerClusters: number;
  levelOneEntries: number;
  levelOneClusters: number;
  /** The tables of the second level that are needed: their places in the first, in ascending order. */
  levelTwoIndexes: number[];
  countBlocks: number;
  countTableClusters: number;
  clusterCount: number;
}

function planOf({ basePath, sizeBytes }: WriteHistory, sectors: readonly number[]): Plan {
  const backingName = Buffer.from(resolve(basePath));
  const headerClusters = Math.ceil((headerBytes + 8 + 8 + 8 + backingName.length) / clusterBytes);
  const levelOneEntries = Math.max(1, Math.ceil(sizeBytes / clusterBytes / entriesPerTable));
  const levelOneClusters = Math.ceil((levelOneEntries * 8) / clusterBytes);
  const levelTwoIndexes = [...new Set(sectors.map((sector) => Math.floor(sector / entriesPerTable)))];
  const others = headerClusters + levelOneClusters + levelTwoIndexes.length + sectors.length;
  // The blocks of reference counts count themselves, too.
  let countBlocks = 0;
  let countTableClusters = 0;
  let clusterCount = others;
  while (countBlocks * countsPerBlock < clusterCount) {
    countBlocks += 1;
    countTableClusters = Math.ceil((countBlocks * 8) / clusterBytes);
    clusterCount = others + countBlocks + countTableClusters;
  }
  return {
    sizeBytes,
    backingName,
    headerClusters,
    levelOneEntries,
    levelOneClusters,
    levelTwoIndexes,
    countBlocks,
    countTableClusters,
    clusterCount,
  };
}

function headerOf(history: WriteHistory, plan: Plan): Buffer {
  const { backingName, headerClusters, levelOneEntries, levelOneClusters, countTableClusters } = plan;
  const header = Buffer.alloc(headerClusters * clusterBytes);
  header.write('QFI\xfb', 'latin1');
  header.writeUInt32BE(3, 4);
  header.writeBigUInt64BE(BigInt(headerBytes + 24), 8);
  header.writeUInt32BE(backingName.length, 16);
  header.writeUInt32BE(clusterBits, 20);
  header.writeBigUInt64BE(BigInt(history.sizeBytes), 24);
  header.writeUInt32BE(levelOneEntries, 36);
  header.writeBigUInt64BE(BigInt(headerClusters * clusterBytes), 40);
  header.writeBigUInt64BE(BigInt((headerClusters + levelOneClusters) * clusterBytes), 48);
  header.writeUInt32BE(countTableClusters, 56);
  // Reference counts of 2^4 bits; the length of this header.
  header.writeUInt32BE(4, 96);
  header.writeUInt32BE(headerBytes, 100);
  // The format of the backing file, which QEMU must not guess; then the end of the extensions.
  header.writeUInt32BE(0xe2792aca, headerBytes);
  header.writeUInt32BE(backingFormat.length, headerBytes + 4);
  header.write(backingFormat, headerBytes + 8);
  backingName.copy(header, headerBytes + 24);
  return header;
}

function tablesOf(plan: Plan, sectors: readonly number[]): Buffer {
  const { headerClusters, levelOneClusters, countTableClusters, countBlocks, levelTwoIndexes } = plan;
  const countTable = headerClusters + levelOneClusters;
  const blocks = countTable + countTableClusters;
  const levelTwo = blocks + countBlocks;
  const data = levelTwo + levelTwoIndexes.length;
  const bytes = Buffer.alloc((data - headerClusters) * clusterBytes);
  const put = (cluster: number, index: number, value: bigint) =>
    bytes.writeBigUInt64BE(value, (cluster - headerClusters) * clusterBytes + index * 8);
  const addressOf = (cluster: number) => BigInt(cluster * clusterBytes);
  const tableByIndex = new Map(levelTwoIndexes.map((index, place) => [index, levelTwo + place]));
  for (const [index, table] of tableByIndex) put(headerClusters, index, addressOf(table) | isOwn);
  for (let block = 0; block < countBlocks; block += 1) put(countTable, block, addressOf(blocks + block));
  const countsAt = (blocks - headerClusters) * clusterBytes;
  for (let cluster = 0; cluster < plan.clusterCount; cluster += 1)
    bytes.writeUInt16BE(1, countsAt + cluster * 2);
  for (const [place, sector] of sectors.entries()) {
    const table = tableByIndex.get(Math.floor(sector / entriesPerTable))!;
    put(table, sector % entriesPerTable, addressOf(data + place) | isOwn);
  }
  return bytes;
}
