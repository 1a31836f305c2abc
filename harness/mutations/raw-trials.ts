import * as trials from './raw/index.ts';
import type { RawTrial } from './trial.ts';

/** Every trial on a disk in memory. */
export const rawTrials: readonly RawTrial[] = Object.values(trials);
