/** The keyboard of a watch. Disposing gives the terminal back as it was. */
export interface Keys extends Disposable {
  /** False where there is no terminal to type on. */
  readonly areThere: boolean;
}

const ctrlC = '\u0003';
const ctrlD = '\u0004';

/** Reads single keys: Enter for another run, q or Ctrl-C (which a terminal in this mode does not make a signal). */
export function readKeys(onKey: (key: 'again' | 'by key' | 'by signal') => void): Keys {
  const input = process.stdin;
  const keys: Keys = { areThere: input.isTTY === true, [Symbol.dispose]() {} };
  if (!keys.areThere) return keys;
  const onData = (bytes: Buffer) => {
    for (const key of bytes.toString('utf8')) {
      if (key === '\r' || key === '\n') onKey('again');
      else if (key === ctrlC) onKey('by signal');
      else if (key === 'q' || key === 'Q' || key === ctrlD) onKey('by key');
    }
  };
  input.setRawMode(true);
  input.on('data', onData);
  return Object.assign(keys, {
    [Symbol.dispose]() {
      input.off('data', onData);
      input.setRawMode(false);
      input.pause();
    },
  });
}
