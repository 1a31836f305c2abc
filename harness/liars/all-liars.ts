import { guestLiars } from './guest-liars.ts';
import { hostLiars } from './host-liars.ts';
import type { Liar } from './liar.ts';
import { readyLiars } from './ready-liars.ts';
import { scenarioLiars } from './scenario-liars.ts';
import { streamLiars } from './stream-liars.ts';

/** Every liar, those without a machine first. */
export const allLiars: readonly Liar[] = [
  ...streamLiars,
  ...scenarioLiars,
  ...guestLiars,
  ...readyLiars,
  ...hostLiars,
];
