/** Time, as far as a script needs it; tests have their own. */
export interface ScriptClock {
  nowMs(): number;
  /** Does something once when so much time has gone by, unless what it returns is called before. */
  after(spanMs: number, action: () => void): () => void;
}

/** Time since the start of the process: nobody sets it, as a network's time server does the clock of the day. */
export const systemClock: ScriptClock = {
  nowMs: () => performance.now(),
  after(spanMs, action) {
    const timer = setTimeout(action, spanMs);
    return () => clearTimeout(timer);
  },
};
