declare global {
  /**
   * Says of a step whether it is left out. Nobody sets it but the mutation check (docs/durability.md), on the host and in
   * bundles of its own; in every other bundle it is the constant `undefined`.
   */
  var leavesOutDurabilityStep: ((step: string) => boolean) | undefined;
}

/**
 * Does one step by which something becomes durable, or durable before something else (design 14). It has a name, so that the
 * mutation check can leave it out and see whether the explorer of power cuts notices; `core/durability` lists them all.
 *
 * @param step Its name in that list: `record-store.copy`.
 */
export async function durably(step: string, action: () => Promise<unknown>): Promise<void> {
  if (globalThis.leavesOutDurabilityStep?.(step)) return;
  await action();
}

/**
 * What an ordinary bundle is made with, for `define` of esbuild: there no step can be left out, whatever a program sets.
 */
export const everyStepIsDone: Readonly<Record<string, string>> = {
  'globalThis.leavesOutDurabilityStep': 'undefined',
};
