import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NewEvent, Outcome } from '../../reports/index.ts';
import { emulatedMachines } from '../emulated-machines.ts';
import { runScenario } from '../run-scenario.ts';
import { catchStrayErrors } from '../stray-errors.ts';
import type { Liar } from './liar.ts';
import { SmallDisk } from './small-disk.ts';

/** How one meeting with a liar was judged. */
export interface Judgement {
  liar: string;
  seed: string;
  outcome: Outcome;
  code?: string;
  /** All that the error names. */
  evidence?: string;
  /** Why the verdict is false; undefined where it is true. */
  falsehood?: string;
  /**
   * Errored for want of a processor, on a host whose own figures say that there was none: nobody is blamed, and the
   * evidence is there. Neither true nor false.
   */
  isInconclusive: boolean;
  tookMs: number;
  /** Evidence, kept where the verdict is false. */
  folder?: string;
}

type Ended = Extract<NewEvent, { kind: 'scenario-ended' }>;

const defaultTimeoutMs = 5 * 60_000;

/**
 * Lets a real runner meet a liar, in a scenario of its own with real machines, and compares its verdict with the truth.
 *
 * @param folder Where evidence goes; that of true verdicts is removed again.
 * @param seed What the liar draws from it is the same each time.
 */
export async function meetLiar(liar: Liar, folder: string, seed: string): Promise<Judgement> {
  const [startMs, waitedBeforeMs] = [performance.now(), hostWaitedMs()];
  await mkdir(folder, { recursive: true });
  const ended = await judgedBy(liar, await mkdtemp(join(folder, `${liar.name}-`)), seed);
  const { outcome, error } = ended.ended;
  const code = error?.code;
  const evidence = error && [error.message, ...Object.values(error.facts ?? {})].join('\n');
  const falsehood = falsehoodOf(liar, outcome, code, evidence);
  const isInconclusive =
    falsehood !== undefined && isForWantOfProcessor(code, evidence, hostWaitedMs() - waitedBeforeMs);
  const tookMs = performance.now() - startMs;
  const judgement = { liar: liar.name, seed, outcome, code, evidence, isInconclusive, tookMs };
  if (falsehood !== undefined && !isInconclusive) return { ...judgement, falsehood, folder: ended.folder };
  await rm(ended.folder, { recursive: true, force: true });
  return judgement;
}

async function judgedBy(liar: Liar, folder: string, seed: string): Promise<{ ended: Ended; folder: string }> {
  using disk = liar.runFolderBytes === undefined ? undefined : await SmallDisk.make(liar.runFolderBytes);
  // Sockets have short paths.
  const runtimeFolder = await mkdtemp(join(tmpdir(), 'liar-'));
  const scenario = {
    name: liar.name,
    summary: liar.lie,
    tags: [],
    timeoutMs: liar.timeoutMs ?? defaultTimeoutMs,
    needs: { machines: 1, memoryMiB: 256, cpus: 1 },
    body: liar.meet,
  };
  const events: NewEvent[] = [];
  using _strays = catchStrayErrors();
  await runScenario(
    { id: liar.name, number: 1, scenario, file: 'harness/liars', repeat: 1, attempt: 1 },
    {
      runFolder: disk?.folder ?? folder,
      runtimeFolder,
      timeoutScale: 1,
      seed,
      keep: false,
      signal: new AbortController().signal,
      append: (event) => events.push(event),
      machines: emulatedMachines('tcg'),
      reproduce: `npm run liars -- ${liar.name} --seed ${seed}`,
    },
  );
  await rm(runtimeFolder, { recursive: true, force: true });
  return { ended: events.findLast((event): event is Ended => event.kind === 'scenario-ended')!, folder };
}

/** Whether the error says that there was no processor, and the host has waited for one as long as it says. */
function isForWantOfProcessor(
  code: string | undefined,
  evidence: string | undefined,
  hostWaitMs: number,
): boolean {
  const isHeldUp = code === 'VM_MACHINE_STALLED' || code === 'HARNESS_SCENARIO_STALLED';
  const claimed = /(?:got no processor|runner itself was held up) for ([\d.]+) s/.exec(evidence ?? '');
  return isHeldUp && claimed !== null && hostWaitMs >= 1000 * Number(claimed[1]);
}

/**
 * How long anything of this host has waited for a processor by now, in milliseconds (pressure stall information); 0 where
 * the kernel does not say. A witness that Assay itself does not ask.
 */
function hostWaitedMs(): number {
  try {
    const pressure = readFileSync('/proc/pressure/cpu', 'utf8');
    return Number(/^some .*total=(\d+)/.exec(pressure)?.[1] ?? 0) / 1000;
  } catch {
    return 0;
  }
}

function falsehoodOf(
  { truth }: Liar,
  outcome: Outcome,
  code: string | undefined,
  evidence = '',
): string | undefined {
  const verdict = `${outcome}${code === undefined ? '' : ` (${code})`}`;
  if (outcome !== truth.outcome) return `judged ${verdict}, and is ${truth.outcome}`;
  if (truth.codes && !truth.codes.includes(code ?? ''))
    return `judged ${verdict}, not ${truth.codes.join(' or ')}`;
  if (truth.evidence && !truth.evidence.test(evidence))
    return `judged ${verdict} without naming ${truth.evidence}`;
  return undefined;
}
