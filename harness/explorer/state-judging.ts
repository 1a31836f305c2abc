import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorMessage } from '../../foundation/index.ts';
import { acknowledgedBefore } from './acknowledgements.ts';
import { formatCrashState } from './crash-state.ts';
import { tableOrNull } from './disk-places.ts';
import type { ExploredState } from './exploration.ts';
import type { JudgedState, JudgeOptions, Verdict } from './judge-states.ts';
import { JudgedDisk } from './judged-disk.ts';
import { versionsOfState } from './state-content.ts';
import { StateDisk } from './state-disk.ts';
import type { WriteHistory } from './write-history.ts';

/** What a cut may have done to a disk, as the witness names it. */
const damages = [
  'WITNESS_FILE_SYSTEM_UNREADABLE',
  'WITNESS_NO_PARTITION_TABLE',
  'WITNESS_PARTITION_MISSING',
  'WITNESS_PATH_MISSING',
  'WITNESS_PATH_OF_OTHER_KIND',
];

type Context = Omit<ConstructorParameters<typeof JudgedDisk>[0], 'explored' | 'acknowledged' | 'stack'>;
type JudgingOptions = Pick<JudgeOptions, 'judges' | 'acknowledgements' | 'scratchFolder' | 'signal'>;

/** Judges state after state of one history, on one disk that becomes each of them. */
export class StateJudging implements AsyncDisposable {
  readonly #history: WriteHistory;
  readonly #judges: JudgeOptions['judges'];
  readonly #acknowledged: ReturnType<typeof acknowledgedBefore>;
  readonly #stateDisk: StateDisk;
  readonly #context: Omit<Context, 'changedSectors'>;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    history: WriteHistory,
    options: JudgingOptions,
    stateDisk: StateDisk,
    context: Omit<Context, 'changedSectors'>,
    stack: AsyncDisposableStack,
  ) {
    this.#history = history;
    this.#judges = options.judges;
    this.#acknowledged = acknowledgedBefore(history, options.acknowledgements ?? []);
    this.#stateDisk = stateDisk;
    this.#context = context;
    this.#stack = stack;
  }

  /** Makes the disk, as the base image has it. @throws EXPLORER_STATE_NOT_WRITTEN */
  static async begin(history: WriteHistory, options: JudgingOptions): Promise<StateJudging> {
    const table = await tableOrNull(history.basePath);
    await using stack = new AsyncDisposableStack();
    const folder = await mkdtemp(join(options.scratchFolder ?? tmpdir(), 'assay-explorer-'));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    const stateDisk = stack.use(await StateDisk.create(history, join(folder, 'state.raw')));
    const { path } = stateDisk;
    const { basePath } = history;
    const context = { path, basePath, table, kindsInBase: new Map(), signal: options.signal };
    return new StateJudging(history, options, stateDisk, context, stack.move());
  }

  /** @throws what judges throw; EXPLORER_STATE_INVALID, EXPLORER_STATE_NOT_WRITTEN. */
  async judge(explored: ExploredState): Promise<JudgedState> {
    const { state } = explored;
    await this.#stateDisk.become(state);
    const { sectors } = this.#history.versions;
    await using disk = new JudgedDisk({
      ...this.#context,
      explored,
      acknowledged: this.#acknowledged(state.point),
      changedSectors: [...versionsOfState(this.#history, state).keys()].map((slot) => sectors[slot]!),
      stack: new AsyncDisposableStack(),
    });
    const verdicts: Verdict[] = [];
    for (const [index, judge] of this.#judges.entries()) {
      verdicts.push(await judge(disk).catch((error) => damageOrError(error, index)));
    }
    const isFailure = verdicts.some(({ outcome }) => outcome === 'damaged' || outcome === 'lost');
    return { explored, identity: formatCrashState(state), verdicts, isFailure };
  }

  /** Removes the disk. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** A judge that cannot look because of what the cut has done has found damage; anything else is its own trouble. */
function damageOrError(error: unknown, index: number): Verdict {
  if (!damages.includes((error as { code?: string }).code ?? '')) throw error;
  return { judge: `judge ${index + 1}`, outcome: 'damaged', report: errorMessage(error) };
}
