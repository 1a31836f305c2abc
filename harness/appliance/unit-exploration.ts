import { fileSystemsJudge, partitionTableJudge } from '../explorer/fast-witnesses.ts';
import type { Judge, Verdict } from '../explorer/judge-states.ts';
import type { SubjectExploration } from '../explorer/subject-exploration.ts';
import { type DiskRecord, inspectDisk, readLayoutText } from '../witness/index.ts';

/** An appliance that says so is set up, and is who it says from then on (spec M8a, M9). */
const readyLine = /ASSAY READY \{.*\}/;

type Records = Awaited<ReturnType<Awaited<ReturnType<typeof inspectDisk>>['records']>>;
type RecordKind = keyof Records;

/**
 * What a power cut may leave of a factory's unit: a partition table and file systems that can be mounted, records that are
 * valid or were never written. The licence, and what manufacturing and boot control say, are never lost; once it was ready,
 * its signature is not either. From all else that is damaged it has to come back.
 */
export function unitExploration(layoutPath: string): SubjectExploration {
  return {
    acknowledgements: [readyLine],
    judges: async ({ name, basePath }) => [
      partitionTableJudge,
      fileSystemsJudge(),
      recordsJudge(layoutPath, name, await recordsOf(basePath, layoutPath, name)),
    ],
  };
}

/** @param before The records of the disk at the power-on. */
function recordsJudge(layoutPath: string, diskName: string, before: Records): Judge {
  return async (disk) => {
    const records = await recordsOf(disk.path, layoutPath, diskName);
    const wasReady = disk.acknowledged.some(({ label }) => readyLine.test(label));
    for (const [kind, record] of Object.entries(records) as [RecordKind, DiskRecord][]) {
      const verdict = judgeRecord(kind, record, before[kind], wasReady);
      if (verdict !== undefined) return verdict;
    }
    return { judge: 'records', outcome: 'sound' };
  };
}

function judgeRecord(
  kind: RecordKind,
  { state }: DiskRecord,
  before: DiskRecord | undefined,
  wasReady: boolean,
): Verdict | undefined {
  const judge = `record ${kind}`;
  const isPromised = before?.state === 'valid' || (wasReady && kind === 'signature');
  if (state === 'valid' || (state === 'null' && !isPromised)) return undefined;
  if (!isPromised) return { judge, outcome: 'damaged', report: 'no copy is valid, and it is not empty' };
  const since = before?.state === 'valid' ? 'it was valid at the power-on' : 'the appliance was ready';
  return { judge, outcome: 'lost', report: `it is ${state}, and ${since}` };
}

async function recordsOf(path: string, layoutPath: string, diskName: string): Promise<Records> {
  // A disk that the layout does not describe has no records: decoys.
  const layout = await readLayoutText(layoutPath, diskName).catch(() => undefined);
  if (layout === undefined) return {};
  await using disk = await inspectDisk(path, { layout });
  return await disk.records();
}
