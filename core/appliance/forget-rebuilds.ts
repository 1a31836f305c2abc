import { changeProgress, readProgress } from '../pre-install/progress.ts';
import type { ApplianceStatus } from './appliance-status.ts';
import type { Machine } from './machine.ts';

/** The primary is well: a rebuild that led here is over, and the next failure may be answered by one again. */
export async function forgetRebuilds(machine: Machine, status: ApplianceStatus): Promise<void> {
  const progress = await readProgress(machine);
  if (!progress?.rebuilds) return;
  status.log(`rebuilt from the backup area, try ${progress.rebuilds}`);
  await changeProgress(machine, ({ rebuilds: _over, ...rest }) => rest);
}
