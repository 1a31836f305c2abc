import { sectorBytes } from '../../foundation/index.ts';
import { fileSystemsJudge, partitionTableJudge } from '../explorer/fast-witnesses.ts';
import type { Judge, Verdict } from '../explorer/judge-states.ts';
import type { JudgedDisk } from '../explorer/judged-disk.ts';
import type { SubjectExploration } from '../explorer/subject-exploration.ts';
import { type BootStatesValue, inspectDisk } from '../witness/index.ts';
import type { RedundantMachineDisk } from './redundant-machine.ts';

const statesPath = '/bstate.txt';

/** A running system has written that it is up before it says so (docs/known-state.md). */
const readyLine = /ASSAY READY (\{.*\})/;

/** The medium begins a start, and makes a partition Dirty for that reason: what was promised before is over. */
const startLine = /ASSAY SCRIPT started/;
const notUpYet = 'did not finish booting';

/**
 * What a power cut may leave of a machine that boots to a known state (spec B3): every system partition holds a valid copy
 * of the boot states, and its image is what it was, for nothing but the states is written; a system that has said that it is
 * up is not Dirty. An update or a repair writes images: what the witness finds then is for the machine to decide.
 */
export function redundantExploration(disks: readonly RedundantMachineDisk[]): SubjectExploration {
  return {
    acknowledgements: [readyLine, startLine],
    judges: async ({ name, basePath }) => {
      const partitions = disks.find((disk) => disk.name === name)?.systemPartitions ?? [];
      return [
        partitionTableJudge,
        fileSystemsJudge(),
        statesJudge(partitions),
        await imagesJudge(basePath, partitions),
      ];
    },
  };
}

type SystemPartitions = RedundantMachineDisk['systemPartitions'];

function statesJudge(partitions: SystemPartitions): Judge {
  const judge = 'boot states';
  return async (disk) => {
    let newest: BootStatesValue | undefined;
    for (const { name, number } of partitions) {
      const { value, copies } = await (await disk.fileSystem(number)).bootStates();
      if (value === null) return { judge, outcome: 'damaged', report: `${name}: ${copies.join('; ')}` };
      if (newest === undefined || value.sequence > newest.sequence) newest = value;
    }
    const up = lastUp(disk);
    const known = up === undefined ? undefined : newest?.partitions[up];
    if (known?.state !== 'Dirty' || known.reason !== notUpYet) return { judge, outcome: 'sound' };
    return { judge, outcome: 'lost', report: `${up} has said that it is up, and is Dirty: ${notUpYet}` };
  };
}

/** The system that has said that it is up, as long as no other start has begun. */
function lastUp({ acknowledged }: JudgedDisk): string | undefined {
  const [, text] = readyLine.exec(acknowledged.at(-1)?.label ?? '') ?? [];
  return text === undefined ? undefined : (JSON.parse(text) as { system: string }).system;
}

/** Says whether anything has changed in the places of the other files. */
async function imagesJudge(basePath: string, partitions: SystemPartitions): Promise<Judge> {
  const files = await placesOfFiles(basePath, partitions);
  return async ({ changedSectors }): Promise<Verdict> => {
    const judge = 'images of the systems';
    for (const sector of changedSectors) {
      const at = sector * sectorBytes;
      const file = files.find(({ start, end }) => at + sectorBytes > start && at < end);
      if (file !== undefined) return { judge, outcome: 'damaged', report: `${file.name} was written to` };
    }
    return { judge, outcome: 'sound' };
  };
}

async function placesOfFiles(path: string, partitions: SystemPartitions) {
  const places: { name: string; start: number; end: number }[] = [];
  await using disk = await inspectDisk(path);
  for (const { name, number } of partitions) {
    const partition = await disk.partition(number);
    for (const { path: file, kind } of await partition.tree()) {
      if (kind !== 'file' || file === statesPath) continue;
      for (const { offsetBytes, lengthBytes } of await partition.locate(file)) {
        places.push({ name: `${file} of ${name}`, start: offsetBytes, end: offsetBytes + lengthBytes });
      }
    }
  }
  return places;
}
