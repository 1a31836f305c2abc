import type { KnownStateConfiguration } from '../configuration.ts';
import { systemPartitions } from '../redundant-layout.ts';
import type { NotifySettings } from './notify-settings.ts';

/**
 * The order in which partitions are preferred: that of `candidates`, else that of the layout. Names that the layout does
 * not have are left out, and told under `unknown`. Pure.
 */
export function preferredOrder(
  { layout }: Pick<KnownStateConfiguration, 'layout'>,
  { candidates }: Pick<NotifySettings, 'candidates'>,
): { order: string[]; unknown: string[] } {
  const known = systemPartitions(layout).map(({ name }) => name);
  const order = (candidates ?? known).filter((name) => known.includes(name));
  const unknown = (candidates ?? []).filter((name) => !known.includes(name));
  return { order: order.length === 0 ? known : order, unknown };
}
