import type { PageConsole } from './page-scenario.ts';

/** A moment of a recorded console. */
export interface Seek {
  consoleId: string;
  seconds: number;
}

/** The moment of a console at which an event can be seen: the machine's own, else that of a machine that was on. */
export function seekTo(
  consoles: readonly PageConsole[],
  atMs: number,
  machine?: string,
  port?: string,
): Seek | undefined {
  const replayable = consoles.filter(({ recording }) => recording !== '');
  const own = replayable.filter((console) => console.machine === machine);
  const among =
    machine === undefined || machine === '' ? replayable.filter((each) => covers(each, atMs)) : own;
  const chosen = among.find((console) => console.port === port) ?? among.find(isMain) ?? among[0];
  if (chosen === undefined) return undefined;
  // What is printed in a burst is one event of the recording, stamped with the burst's beginning; and the marker of
  // an event follows its output. A little later, both are on the screen.
  const seconds = Math.max(0, (atMs - chosen.startedAtMs + 50) / 1000);
  return { consoleId: chosen.id, seconds: Math.min(seconds, chosen.durationMs / 1000) };
}

function isMain({ port }: PageConsole): boolean {
  return port === 'console';
}

function covers({ startedAtMs, durationMs }: PageConsole, atMs: number): boolean {
  return startedAtMs <= atMs && atMs <= startedAtMs + durationMs;
}
