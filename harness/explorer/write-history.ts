import { type FileHandle, open } from 'node:fs/promises';
import { errorMessage, sectorBytes } from '../../foundation/index.ts';
import { WriteLog, type WriteLogEntry } from '../../vm/index.ts';
import { explorerErrors } from './errors.ts';
import { hashSector, laneCount } from './sector-hash.ts';
import { SectorVersions } from './sector-versions.ts';

/** An entry of the log, and the versions of sectors that it brings. */
export interface HistoryEntry extends WriteLogEntry {
  /** The number of its first version; those of a write follow each other sector by sector. */
  firstVersion: number;
  versionCount: number;
}

/** A base image and what was written to it, ready to be explored. */
export interface WriteHistory {
  basePath: string;
  logPath: string;
  sizeBytes: number;
  entries: readonly HistoryEntry[];
  versions: SectorVersions;
}

const chunkSectors = 2048;
const zeros = Buffer.alloc(sectorBytes);

/**
 * Reads a log of writes (a disk with `writeLog: true`) on top of the image that the disk was at that power on. All
 * contents are hashed here, once; what is explored afterwards only adds numbers. Neither file is changed.
 *
 * @throws VM_WRITE_LOG_CORRUPT; EXPLORER_LOG_MISMATCH when there is no such image or it is smaller than what was
 * written to.
 */
export async function readWriteHistory(basePath: string, logPath: string): Promise<WriteHistory> {
  await using base = await openBase(basePath);
  const { size: sizeBytes } = await base.stat();
  await using log = await WriteLog.open(logPath);
  const logged = await log.readEntries();
  const writtenSectors = logged.reduce((sum, entry) => sum + (holdsData(entry) ? entry.sectorCount : 0), 0);
  const versions = new SectorVersions(writtenSectors);
  const entries: HistoryEntry[] = [];
  for (const entry of logged) {
    const firstVersion = versions.count;
    if (!entry.isMark) checkRange(entry, basePath, sizeBytes);
    if (holdsData(entry)) await addWrite(versions, entry, log, base);
    else if (entry.isDiscard) await addDiscard(versions, entry, base);
    entries.push({ ...entry, firstVersion, versionCount: versions.count - firstVersion });
  }
  return { basePath, logPath, sizeBytes, entries, versions };
}

function holdsData({ isDiscard, isMark }: WriteLogEntry): boolean {
  return !isDiscard && !isMark;
}

async function openBase(path: string): Promise<FileHandle> {
  return open(path, 'r').catch((error) => {
    const facts = { tried: `open the base image ${path}`, got: errorMessage(error) };
    throw explorerErrors.EXPLORER_LOG_MISMATCH(facts, error);
  });
}

function checkRange({ index, firstSector, sectorCount }: WriteLogEntry, path: string, sizeBytes: number) {
  if ((firstSector + sectorCount) * sectorBytes <= sizeBytes) return;
  throw explorerErrors.EXPLORER_LOG_MISMATCH({
    tried: `put entry ${index} of the log on ${path}`,
    expected: `at most sector ${Math.floor(sizeBytes / sectorBytes) - 1}`,
    got: `${sectorCount} sectors from ${firstSector}`,
  });
}

async function addWrite(versions: SectorVersions, entry: WriteLogEntry, log: WriteLog, base: FileHandle) {
  for (let from = 0; from < entry.sectorCount; from += chunkSectors) {
    const count = Math.min(chunkSectors, entry.sectorCount - from);
    const content = await log.readData(entry, from, count);
    const before = await readSectors(base, entry.firstSector + from, count);
    for (let index = 0; index < count; index += 1) {
      const sector = entry.firstSector + from + index;
      const version = versions.add(sector);
      const at = index * sectorBytes;
      // What restores the base's content contributes nothing, so that the state is the base's again.
      if (content.compare(before, at, at + sectorBytes, at, at + sectorBytes) === 0) continue;
      hashSector(sector, content.subarray(at, at + sectorBytes), versions.lanes, version * laneCount);
    }
  }
}

/** Only sectors that have something to lose: those of a whole disk that is discarded when empty would be far too many. */
async function addDiscard(versions: SectorVersions, entry: WriteLogEntry, base: FileHandle) {
  for (let from = 0; from < entry.sectorCount; from += chunkSectors) {
    const count = Math.min(chunkSectors, entry.sectorCount - from);
    const before = await readSectors(base, entry.firstSector + from, count);
    for (let index = 0; index < count; index += 1) {
      const sector = entry.firstSector + from + index;
      const wasZero = before.subarray(index * sectorBytes, (index + 1) * sectorBytes).equals(zeros);
      if (wasZero && !versions.hasSector(sector)) continue;
      const version = versions.add(sector);
      if (!wasZero) hashSector(sector, zeros, versions.lanes, version * laneCount);
    }
  }
}

async function readSectors(file: FileHandle, firstSector: number, count: number): Promise<Buffer> {
  const bytes = Buffer.alloc(count * sectorBytes);
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, firstSector * sectorBytes + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes;
}
