import type { CrashState } from './crash-state.ts';
import { explorerErrors } from './errors.ts';
import type { Recording } from './recording.ts';
import { readWriteHistory, type WriteHistory } from './write-history.ts';

/** One disk beside the explored one. */
interface OtherDisk {
  name: string;
  /** Undefined where its writes could not be recorded: it is then as it was at the power-on. */
  history: WriteHistory | undefined;
  basePath: string;
  /** Which of the sizes of a sighting are its log's. */
  index: number;
}

/** A state that the other disks may have at a cut: of each the image it is made from, and what is written to it. */
export interface OtherDiskState {
  name: string;
  basePath: string;
  history: WriteHistory | undefined;
  state: CrashState;
}

/**
 * What the other disks of the machine were at the moment of a cut. They had a cache of their own, of which all is taken to
 * have reached them: that is one of the legal states. Logs have no common clock; their sizes were looked at together many
 * times a second, so that mostly it is known exactly how far the others were, and else between which two sizes.
 */
export class OtherDisks {
  readonly #recording: Recording;
  readonly #explored: WriteHistory;
  readonly #exploredIndex: number;
  readonly #others: readonly OtherDisk[];

  private constructor(recording: Recording, explored: WriteHistory, others: readonly OtherDisk[]) {
    this.#recording = recording;
    this.#explored = explored;
    this.#exploredIndex = recording.disks.findIndex(({ name }) => name === recording.disk);
    this.#others = others;
  }

  /** Reads the logs of the others. @throws VM_WRITE_LOG_CORRUPT, EXPLORER_LOG_MISMATCH */
  static async read(recording: Recording, explored: WriteHistory): Promise<OtherDisks> {
    const others: OtherDisk[] = [];
    for (const [index, { name, basePath, logPath }] of recording.disks.entries()) {
      if (name === recording.disk) continue;
      const history = logPath === undefined ? undefined : await readWriteHistory(basePath, logPath);
      others.push({ name, basePath, history, index });
    }
    return new OtherDisks(recording, explored, others);
  }

  /** Those that are as they were at the power-on, whatever was written to them. */
  get unrecorded(): string[] {
    return this.#others.filter(({ history }) => history === undefined).map(({ name }) => name);
  }

  /**
   * What they may have been at a point of the explored disk: one way where that is known, else two, the later one first.
   * What really was lies between them.
   */
  at(point: number): OtherDiskState[][] {
    const [earliest, latest] = this.#sightingsAround(point);
    const ways = [latest, earliest].map((sizes) => this.#others.map((other) => stateAt(other, sizes)));
    const isSame = ways[0]!.every(({ state }, index) => state.point === ways[1]![index]!.state.point);
    return isSame ? ways.slice(0, 1) : ways;
  }

  /** The nearest sightings before and after the time at which the log of the explored disk ended with this point. */
  #sightingsAround(point: number): [number[] | undefined, number[] | undefined] {
    const { sightings } = this.#recording;
    const { entries } = this.#explored;
    const startBytes = point === 0 ? 0 : entries[point - 1]!.endOffsetBytes;
    const endBytes = entries[point]?.endOffsetBytes ?? Number.POSITIVE_INFINITY;
    const sizeOf = (sizes: readonly number[]) => sizes[this.#exploredIndex]!;
    const exact = sightings.findLast((sizes) => sizeOf(sizes) >= startBytes && sizeOf(sizes) < endBytes);
    if (exact !== undefined) return [exact, exact];
    const before = sightings.findLast((sizes) => sizeOf(sizes) < startBytes);
    const after = sightings.find((sizes) => sizeOf(sizes) >= endBytes);
    return [before ?? after, after ?? before];
  }
}

function stateAt({ name, basePath, history, index }: OtherDisk, sizes: readonly number[] | undefined) {
  const sizeBytes = sizes?.[index] ?? 0;
  const point = history?.entries.filter(({ endOffsetBytes }) => endOffsetBytes <= sizeBytes).length ?? 0;
  return { name, basePath, history, state: { point, dropped: [] } };
}

/** @throws EXPLORER_NO_DISK for a disk that the machine does not have. */
export function diskNamed<Disk extends { name: string }>(disks: readonly Disk[], name: string): Disk {
  const found = disks.find((disk) => disk.name === name);
  if (found !== undefined) return found;
  throw explorerErrors.EXPLORER_NO_DISK({
    tried: `explore the writes to disk ${name}`,
    expected: disks.map((disk) => disk.name).join(' or ') || 'a machine with a virtio disk',
  });
}
