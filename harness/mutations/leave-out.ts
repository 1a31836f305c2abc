/**
 * Does something on the host with a step of the core left out.
 *
 * @param step Its name in `core/durability`; null leaves nothing out.
 * @returns How often it was left out: a step that is never come to proves nothing.
 */
export async function leavingOut(step: string | null, action: () => Promise<void>): Promise<number> {
  let count = 0;
  globalThis.leavesOutDurabilityStep = (name) => {
    if (name !== step) return false;
    count += 1;
    return true;
  };
  try {
    await action();
  } finally {
    globalThis.leavesOutDurabilityStep = undefined;
  }
  return count;
}
