import { describePostponed, nextPostponed, type PostponedAction, placeActions } from './postponed-action.ts';
import type { Recording } from './recording-file.ts';
import type { ReplayOptions, ReplayOutcome } from './running-replay.ts';

/**
 * Replays, and once more from the beginning each time it stands still at something that was done to the machine, with that a
 * little later ({@link nextPostponed}). What came of it says with what it was done.
 *
 * @param attempt One replay, with these actions. Its comparisons alone decide whether it is exact.
 * @throws what `attempt` throws.
 */
export async function replayInAttempts(
  recording: Recording,
  options: ReplayOptions,
  attempt: (recording: Recording) => Promise<ReplayOutcome>,
): Promise<ReplayOutcome> {
  const first = await attempt(recording);
  const others: string[] = [];
  let outcome = first;
  let postponed: readonly PostponedAction[] = [];
  while (true) {
    const next = nextPostponed(recording, options, outcome, postponed);
    if (next === undefined) break;
    postponed = next;
    options.onAgain?.(outcome, describePostponed(postponed));
    outcome = await attempt({ ...recording, actions: placeActions(recording.actions, postponed) });
    if (outcome.kind !== 'diverged') return told(outcome, postponed);
    others.push(
      `${describePostponed(postponed)} it diverged in ${outcome.what}, by instruction ${outcome.instruction}`,
    );
  }
  if (others.length === 0 || first.kind !== 'diverged') return first;
  return { ...first, got: [first.got, ...others].join('; ') };
}

function told(outcome: ReplayOutcome, postponed: readonly PostponedAction[]): ReplayOutcome {
  const how = describePostponed(postponed);
  switch (outcome.kind) {
    case 'exact':
      return { ...outcome, compared: [...outcome.compared, how], postponed };
    case 'exact-so-far':
      return { ...outcome, because: `${outcome.because} (${how})`, postponed };
    default:
      return { ...outcome, postponed };
  }
}
