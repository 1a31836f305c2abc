import type { RecordedAction, Recording } from './recording-file.ts';
import type { ReplayOptions, ReplayOutcome } from './running-replay.ts';

/** An action that a replay does later than it was noted. */
export interface PostponedAction {
  /** Its place among the actions of the recording. */
  index: number;
  /** The command of QMP. */
  execute: string;
  notedInstruction: number;
  laterInstructions: number;
}

/** Each is tried once, and the replay begins anew. QEMU's own events at the noted instruction are over by then. */
const postponements = [300, 3000];
/** A machine that stands still so shortly behind an action has most likely been stopped by that. */
const nearInstructions = 3000;

/**
 * What a replay that stood still is tried with next: the action where it stood, later than before. An action is noted with
 * its instruction, at which QEMU has recorded events of its own; its place among these is not known.
 *
 * @param postponed What the replay that stood still was done with.
 * @returns undefined where no other attempt is of use: it ended otherwise, stood elsewhere, or waited for the action.
 */
export function nextPostponed(
  recording: Pick<Recording, 'actions' | 'heldUntil'>,
  options: Pick<ReplayOptions, 'debuggerPort' | 'untilInstruction'>,
  outcome: ReplayOutcome,
  postponed: readonly PostponedAction[],
): readonly PostponedAction[] | undefined {
  if (options.debuggerPort !== undefined) return undefined;
  if (outcome.kind !== 'diverged' || !outcome.standsStill) return undefined;
  const placed = placeActions(recording.actions, postponed);
  const stood = actionWhereItStands(placed, outcome.instruction);
  if (stood === undefined) return undefined;
  const index = placed.indexOf(stood);
  const { execute, instruction: notedInstruction } = recording.actions[index]!;
  const before = postponed.find((one) => one.index === index)?.laterInstructions ?? 0;
  const laterInstructions = postponements.find((later) => later > before);
  if (laterInstructions === undefined) return undefined;
  const end = Math.min(recording.heldUntil?.instruction ?? Infinity, options.untilInstruction ?? Infinity);
  if (notedInstruction + laterInstructions >= end) return undefined;
  const others = postponed.filter((one) => one.index !== index);
  return [...others, { index, execute, notedInstruction, laterInstructions }];
}

/** Where the actions are done; none comes to lie before the one that it followed. */
export function placeActions(
  actions: readonly RecordedAction[],
  postponed: readonly PostponedAction[],
): RecordedAction[] {
  let earliest = 0;
  return actions.map((action, index) => {
    const later = postponed.find((one) => one.index === index)?.laterInstructions ?? 0;
    earliest = Math.max(earliest, action.instruction + later);
    return { ...action, instruction: earliest };
  });
}

/**
 * The action at or shortly before an instruction: of several at one the first, which takes the others with it. What was
 * done before the first instruction met no event of QEMU.
 */
export function actionWhereItStands(
  actions: readonly RecordedAction[],
  instruction: number,
): RecordedAction | undefined {
  const before = actions.filter((one) => one.execute !== 'stop' && one.instruction <= instruction);
  const last = before.at(-1)?.instruction ?? 0;
  if (last === 0 || instruction - last > nearInstructions) return undefined;
  return before.find((one) => one.instruction === last);
}

/** `with the power button 300 instructions after where it was noted`. */
export function describePostponed(postponed: readonly PostponedAction[]): string {
  const each = postponed.map(
    ({ execute, laterInstructions }) =>
      `${names[execute] ?? execute} ${laterInstructions} instructions after where it was noted`,
  );
  return `with ${each.join(' and ')}`;
}

const names: Readonly<Record<string, string>> = {
  system_powerdown: 'the power button',
  system_reset: 'the reset button',
  set_link: 'the cable',
  'inject-nmi': 'the NMI',
};
