import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScenarioRun } from '../../reports/index.ts';
import { harnessErrors } from '../errors.ts';
import { evidenceInFolder } from '../evidence-in-folder.ts';
import type { FoundRun } from '../find-run.ts';
import { chooseAttempts } from './choose-attempts.ts';
import type { KeptDisk, MachineRecord } from './machine-record.ts';
import { machineRecordsOf } from './machine-records.ts';

/** A machine of a run whose disks are still there as they were at its end. */
export interface KeptMachine {
  scenarioId: string;
  record: MachineRecord;
  /** By name, where they lie now. */
  disks: Record<string, KeptDisk>;
  /** Of a machine with UEFI: where the variables of its firmware lie now. */
  uefiVariablesPath?: string;
}

interface Wanted {
  scenario?: string;
  machine?: string;
}

/**
 * The machine of a run that is meant: the only one of all that failed with its disks kept, or the one that is named.
 *
 * @throws HARNESS_NOTHING_KEPT with the reason, HARNESS_NAME_UNKNOWN, HARNESS_USAGE where it could be several.
 */
export async function findKeptMachine(found: FoundRun, wanted: Wanted): Promise<KeptMachine> {
  const attempts =
    wanted.scenario === undefined
      ? found.run.scenarios.filter(({ outcome }) => outcome === 'failed' || outcome === 'errored')
      : chooseAttempts(found.run, [wanted.scenario], false);
  const kept: KeptMachine[] = [];
  const reasons: string[] = [];
  for (const attempt of attempts) {
    const looked = await keptMachinesOf(found, attempt);
    kept.push(...looked.kept);
    reasons.push(...looked.reasons.map((reason) => `${attempt.scenarioId}: ${reason}`));
  }
  const meant = kept.filter(({ record }) => wanted.machine === undefined || record.name === wanted.machine);
  const tried = `open ${wanted.machine ?? 'a machine'} of ${wanted.scenario ?? 'what failed in'} run ${found.run.runId}`;
  if (meant.length === 1) return meant[0]!;
  const names = kept.map(({ scenarioId, record }) => `${scenarioId} ${record.name}`).join(', ');
  if (meant.length > 1) {
    throw harnessErrors.HARNESS_USAGE({
      tried,
      expected: `one of: ${names}`,
      got: `${meant.length} machines`,
      remedy: 'name the scenario and the machine behind the run',
    });
  }
  const got = reasons.length === 0 ? 'nothing failed in it' : reasons.join('; ');
  throw harnessErrors.HARNESS_NOTHING_KEPT({ tried, ...(names === '' ? { got } : { expected: names }) });
}

async function keptMachinesOf(
  { folder }: FoundRun,
  { scenarioId, outcome }: ScenarioRun,
): Promise<{ kept: KeptMachine[]; reasons: string[] }> {
  const kept: KeptMachine[] = [];
  const reasons: string[] = [];
  const records = await machineRecordsOf(join(folder, 'scenarios', scenarioId));
  if (records.size === 0) reasons.push('no machine was switched on in it, or it was run by an older Assay');
  for (const record of records.values()) {
    const disks = disksNow(record, folder, scenarioId);
    const variables = pathNow(record.keptUefiVariables, folder, scenarioId);
    const gone = await firstGone([...Object.values(disks ?? {}).map(({ path }) => path), ...variables]);
    if (disks === undefined) reasons.push(`the runner ended before machine ${record.name} did`);
    else if (gone === undefined)
      kept.push({ scenarioId, record, disks, ...(variables[0] && { uefiVariablesPath: variables[0] }) });
    else if (outcome === 'passed' || outcome === 'skipped')
      reasons.push(`it ${outcome}, and was run without --keep`);
    else reasons.push(`${gone} is not there any more`);
  }
  return { kept, reasons };
}

/** The run folder may lie elsewhere by now. */
function disksNow(
  { keptDisks }: MachineRecord,
  folder: string,
  scenarioId: string,
): KeptMachine['disks'] | undefined {
  if (keptDisks === undefined) return undefined;
  const entries = Object.entries(keptDisks).map(([name, disk]): [string, KeptDisk] => {
    const own = evidenceInFolder(disk.path, scenarioId);
    return [name, own === undefined ? disk : { ...disk, path: join(folder, own) }];
  });
  return Object.fromEntries(entries);
}

/** None or one. */
function pathNow(path: string | undefined, folder: string, scenarioId: string): string[] {
  if (path === undefined) return [];
  const own = evidenceInFolder(path, scenarioId);
  return [own === undefined ? path : join(folder, own)];
}

async function firstGone(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (!isThere) return path;
  }
  return undefined;
}
