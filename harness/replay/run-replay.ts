import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ReplayOptions, type ReplayOutcome, replayRecording } from '../../vm/index.ts';
import { createRunFolder } from '../run-folder.ts';
import { sweepDeadRuns } from '../sweep-dead-runs.ts';
import { type FoundRecording, recordingName } from './find-recordings.ts';

/**
 * Replays one recording; nothing of that is left. That it begins anew is said on stderr.
 *
 * @throws as `replayRecording`.
 */
export async function runReplay(
  recording: FoundRecording,
  options: Omit<ReplayOptions, 'scratchFolder'>,
): Promise<ReplayOutcome> {
  await sweepDeadRuns();
  const scratch = await mkdtemp(join(tmpdir(), 'assay-replay-'));
  // Removed last. Owned like a run's folder: should this process be killed, the next start of assay sweeps its disks.
  await using cleanups = new AsyncDisposableStack();
  cleanups.defer(() => rm(scratch, { recursive: true, force: true }));
  cleanups.use(await createRunFolder({ out: scratch, keep: false }));
  const scratchFolder = join(scratch, 'scenarios/replay/work');
  await mkdir(scratchFolder, { recursive: true });
  return await replayRecording(recording.folder, { onAgain: sayAgain(recording), ...options, scratchFolder });
}

function sayAgain(recording: FoundRecording): ReplayOptions['onAgain'] {
  return ({ instruction }, how) =>
    process.stderr.write(
      `${recordingName(recording)}: it stands still at instruction ${instruction}; once more from the beginning, ${how}\n`,
    );
}
