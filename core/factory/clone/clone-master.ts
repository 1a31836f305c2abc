import { mkdir, rmdir } from 'node:fs/promises';
import { AssayError } from '../../../foundation/index.ts';
import { coreErrors } from '../../errors.ts';
import { checkMaster } from './check-master.ts';
import {
  type Clone,
  type ClonedMaster,
  type CloneFailure,
  type CloneRecord,
  manifestPathIn,
  writeCloneManifest,
} from './clone-manifest.ts';
import { type CloneProgress, cloneUnits, type OpenMaster } from './clone-units.ts';
import { MasterDisk } from './master-disk.ts';
import { findMasterFiles } from './master-files.ts';
import type { MasterGuard } from './master-guard.ts';
import { type CloneWishes, planClones } from './plan-clones.ts';
import { prepareUnits } from './prepare-units.ts';

export type { CloneProgress } from './clone-units.ts';

export interface CloneOptions extends CloneWishes {
  /** Read every clone back and compare it with the master; by default true. */
  verify?: boolean;
  /** Compute SHA-256 of master and clones, which costs time; by default false. */
  digest?: boolean;
  /** Keeps masters whose bytes are not the right ones from being cloned, also by force. */
  guard?: MasterGuard;
  /** Clone a disk that is not a finished master, too. */
  force?: boolean;
  /** Replace files that are there. */
  overwrite?: boolean;
  onProgress?: (progress: CloneProgress) => void;
  /** Sentences that a person should read. */
  onNotice?: (sentence: string) => void;
  signal?: AbortSignal;
}

export interface CloneResult {
  masters: ClonedMaster[];
  clones: Clone[];
  /** `clones.json`, when there is a folder. */
  manifestPath?: string;
  tookMs: number;
}

/**
 * Clones a master to files and block devices: exact replicas, durable, read back past the page cache and compared
 * byte for byte (spec M7; docs/cloning.md). The master is read once for up to 64 targets, and never written. Nothing
 * is written anywhere before all checks have passed. A target that fails does not hold up the others.
 *
 * @throws CORE_CLONE_MASTER_UNUSABLE, CORE_CLONE_NOT_A_MASTER, CORE_CLONE_TARGETS_INVALID, CORE_CLONE_TARGET_EXISTS,
 * CORE_CLONE_TARGET_IN_USE, CORE_CLONE_TARGET_TOO_SMALL, FOUNDATION_DISK_FULL, what the guard's check throws, before
 * the first byte; CORE_CLONE_MASTER_UNREADABLE, CORE_CLONE_MASTER_CHANGED, what the guard's watch throws, and the
 * signal's reason, after which no unfinished clone is left; the error of the only target (FOUNDATION_DISK_FULL,
 * CORE_CLONE_WRITE_FAILED, CORE_CLONE_DIFFERS), or CORE_CLONE_INCOMPLETE when there are several, after the others
 * were finished.
 */
export async function cloneMaster(options: CloneOptions): Promise<CloneResult> {
  const startedAt = new Date().toISOString();
  const startMs = performance.now();
  const files = await findMasterFiles(options.masterPath);
  const plan = planClones(options, files);
  await using resources = new AsyncDisposableStack();
  const masters: OpenMaster[] = [];
  for (const { role, path } of files) {
    const disk = resources.use(await MasterDisk.open(path));
    masters.push({ role, disk });
    await checkOrForce(disk, role, options);
  }
  const { outFolder } = options;
  if (outFolder !== undefined) await makeFolder(outFolder, resources);
  const units = await prepareUnits(plan, masters, options, resources);
  await options.guard?.check(masters.map(({ disk: { path, sizeBytes } }) => ({ path, sizeBytes })));
  const clones: Clone[] = [];
  const failures: CloneFailure[] = [];
  const result = (): CloneResult => ({
    masters: masters.map(({ role, disk, sha256 }) => ({
      path: disk.path,
      role,
      sizeBytes: disk.sizeBytes,
      ...(sha256 === undefined ? {} : { sha256 }),
    })),
    clones,
    tookMs: Math.round(performance.now() - startMs),
  });
  try {
    await cloneUnits(units, masters, { ...options, clones, failures });
  } finally {
    // Also when it was interrupted: what is finished by then are clones.
    if (outFolder !== undefined && clones.length + failures.length > 0) {
      const record: CloneRecord = { formatVersion: 1, startedAt, ...result(), failures };
      await writeCloneManifest(outFolder, record);
    }
  }
  if (failures.length > 0) throw incomplete(failures, clones, plan.length);
  return outFolder === undefined ? result() : { ...result(), manifestPath: manifestPathIn(outFolder) };
}

async function checkOrForce(
  disk: MasterDisk,
  role: OpenMaster['role'],
  { force = false, onNotice }: CloneOptions,
): Promise<void> {
  try {
    await checkMaster(disk, role);
  } catch (error) {
    const isForced = force && error instanceof AssayError && error.code === 'CORE_CLONE_NOT_A_MASTER';
    if (!isForced) throw error;
    onNotice?.(`${disk.path} is cloned by force, although: ${error.facts.got}`);
  }
}

async function makeFolder(path: string, resources: AsyncDisposableStack): Promise<void> {
  const made = await mkdir(path, { recursive: true }).catch((error) => {
    const facts = { tried: 'make the folder for the clones', where: path, got: error.message };
    throw coreErrors.CORE_CLONE_TARGETS_INVALID(facts, error);
  });
  // A command that was refused leaves no empty folder; one with clones in it is not removed.
  if (made !== undefined) resources.defer(() => rmdir(path).catch(() => {}));
}

function incomplete(failures: CloneFailure[], clones: Clone[], planned: number): Error {
  const [only] = failures;
  if (planned === 1 && only !== undefined) return only.error;
  return coreErrors.CORE_CLONE_INCOMPLETE(
    {
      tried: `make ${planned} clones`,
      expected: `${planned} clones`,
      got: `${new Set(clones.map(({ unit }) => unit)).size}; failed: ${failures
        .map(({ path, error }) => `${path} (${error.code}: ${error.facts.got ?? error.summary})`)
        .join(', ')}`,
    },
    new AggregateError(failures.map(({ error }) => error)),
  );
}
