const frames = 50;

/**
 * Lets stacks be deep while the runner works: from a console that waits up to the scenario there are more frames
 * than the ten that Node records. Disposing of it gives Node its own limit back.
 */
export function deepStacks(): Disposable {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = Math.max(frames, stackTraceLimit);
  return {
    [Symbol.dispose]() {
      Error.stackTraceLimit = stackTraceLimit;
    },
  };
}
