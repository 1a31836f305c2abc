/** Waits until one of the signals aborts, or until the time is over if there is a limit, in milliseconds. */
export async function untilAborted(signals: readonly AbortSignal[], limitMs?: number): Promise<void> {
  if (signals.some(({ aborted }) => aborted)) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = (): void => resolve();
  for (const signal of signals) signal.addEventListener('abort', end);
  const timer = limitMs === undefined ? undefined : setTimeout(end, limitMs);
  await promise;
  clearTimeout(timer);
  for (const signal of signals) signal.removeEventListener('abort', end);
}
