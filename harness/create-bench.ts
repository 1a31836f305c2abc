import { constants } from 'node:fs';
import { copyFile, mkdir, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { EthernetNetworks, type Machine } from '../vm/index.ts';
import type { ArtifactKind, Bench } from './bench.ts';
import type { CleanupStack } from './cleanup-stack.ts';
import { describeDifference } from './describe-difference.ts';
import { describeFailure } from './describe-failure.ts';
import { harnessErrors } from './errors.ts';
import { judge, ScenarioSkipped } from './judge.ts';
import type { MachineSurroundings, Machines } from './machines.ts';
import type { ScenarioJournal } from './scenario-journal.ts';

export interface BenchParts {
  /** Artifacts are named relative to it. */
  runFolder: string;
  evidenceFolder: string;
  workFolder: string;
  runtimeFolder: string;
  timeoutScale: number;
  seed: string;
  signal: AbortSignal;
  journal: ScenarioJournal;
  cleanups: CleanupStack;
  machines?: Machines;
  offerConsole: MachineSurroundings['offerConsole'];
  /** Called when the scenario has asked for a machine: from now on a time-out may be the product's. */
  machineAsked: () => void;
  /** Is told of every machine that was made, off. */
  onMachine: (machine: Machine) => void;
}

/** The bench of one scenario. */
export function createBench(parts: BenchParts): Bench {
  const { journal, cleanups, signal, timeoutScale, workFolder, evidenceFolder } = parts;
  const networks = new EthernetNetworks(parts.runtimeFolder);
  // Registered first, so undone last: machines that are plugged in are gone by then.
  cleanups.add('end the networks between machines', () => networks[Symbol.asyncDispose]());
  return {
    signal,
    seed: parts.seed,
    timeoutScale,
    workFolder,
    evidenceFolder,
    step(sentence, action, options = {}) {
      return journal.step({ sentence, ...options }, stopWhenAborted(signal, action), (thrown) => {
        const { outcome } = judge(thrown);
        return outcome === 'skipped' ? { outcome } : { outcome, error: describeFailure([thrown]) };
      });
    },
    machine: (spec) => addMachine({ ...parts, networks }, spec),
    // Only a drill does something with it.
    subject: () => undefined,
    check: (claim, got, expected) => checkClaim(journal, claim, got, expected),
    fault: (what, proof, machine) => noteFault(journal, what, proof, machine),
    note: (text) => journal.emit({ kind: 'note', text }),
    measure: (name, value, unit) => journal.emit({ kind: 'measure', name, value, unit }),
    recovered: (machine, durationMs) => journal.emit({ kind: 'recovery', machine, durationMs }),
    artifact: (path, kind) => addArtifact(parts, path, kind),
    defer: (what, cleanup) => cleanups.add(what, cleanup),
    skip(reason) {
      throw new ScenarioSkipped(reason);
    },
  };
}

/** A step does not begin when the scenario's time is over: the body is on its way out. */
function stopWhenAborted<Result>(signal: AbortSignal, action: () => Result): () => Result {
  return () => {
    signal.throwIfAborted();
    return action();
  };
}

async function addMachine(
  parts: BenchParts & Pick<MachineSurroundings, 'networks'>,
  spec: Parameters<Machines['create']>[0],
) {
  const { machines, cleanups, journal, signal } = parts;
  if (machines === undefined) {
    throw harnessErrors.HARNESS_MACHINES_MISSING({ tried: 'make a machine' });
  }
  signal.throwIfAborted();
  parts.machineAsked();
  const creation = machines.create(spec, { ...parts, emit: (event) => journal.emit(event) });
  // Registered before the machine is there: a scenario that is aborted meanwhile still disposes of it.
  cleanups.add('dispose of a machine', async () => {
    const machine = await creation.catch(() => undefined);
    await machine?.[Symbol.asyncDispose]();
  });
  const machine = await creation;
  parts.onMachine(machine);
  return machine;
}

function checkClaim(journal: ScenarioJournal, claim: string, got: unknown, expected: unknown): void {
  if (isDeepStrictEqual(got, expected)) {
    journal.emit({ kind: 'check', what: claim, passed: true });
    return;
  }
  const difference = describeDifference(got, expected);
  journal.emit({ kind: 'check', what: claim, passed: false, ...difference });
  throw harnessErrors.HARNESS_CHECK_FAILED({ tried: claim, ...difference });
}

function noteFault(journal: ScenarioJournal, what: string, proof: string, machine?: string): void {
  if (proof === '') {
    throw harnessErrors.HARNESS_FAULT_UNPROVED({ tried: what, expected: 'what shows that it happened' });
  }
  journal.emit({ kind: 'fault', what, proof, ...(machine === undefined ? {} : { machine }) });
}

async function addArtifact(parts: BenchParts, path: string, kind: ArtifactKind): Promise<void> {
  const file = await stat(path).catch((error: unknown) => {
    throw harnessErrors.HARNESS_ARTIFACT_MISSING({ tried: `keep ${path}` }, error);
  });
  const kept = path.startsWith(parts.workFolder + sep) ? await copyToEvidence(parts, path) : path;
  parts.journal.emit({
    kind: 'artifact',
    what: kind,
    path: relative(parts.runFolder, kept),
    sizeBytes: file.size,
  });
}

async function copyToEvidence(parts: BenchParts, path: string): Promise<string> {
  const kept = join(parts.evidenceFolder, relative(parts.workFolder, path));
  await mkdir(dirname(kept), { recursive: true });
  // Where the file system can, the copy shares its blocks with the original.
  await copyFile(path, kept, constants.COPYFILE_FICLONE);
  return kept;
}
