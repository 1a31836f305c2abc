import { relative } from 'node:path';
import { harnessErrors } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import type { Words } from './command.ts';
import { flag, text, texts } from './option-values.ts';
import { readKeys } from './watch-keys.ts';
import { startRun, type WatchedRun } from './watched-run.ts';
import { watchSources } from './watched-sources.ts';

const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * `assay run --watch`: the same run again whenever a source file changes. Each is a process of its own, so that it
 * loads what the files say now; one that is under way is ended as by Ctrl-C, and begun anew.
 *
 * @returns the exit code of the last run; 130 where Ctrl-C or another signal has ended the watch.
 * @throws HARNESS_USAGE for options that do not go with it, HARNESS_FOLDER_UNUSABLE where files cannot be watched.
 */
export async function watchAndRun(words: Words): Promise<number> {
  refuseWhatDoesNotFit(words);
  const watch = new Watch(withoutWatch(process.argv.slice(2)));
  await using sources = await watchSources(texts(words, 'scenarios'), (path) => {
    watch.wantAgain(`${relative(process.cwd(), path)} has changed`);
  });
  using keys = readKeys((key) => (key === 'again' ? watch.wantAgain('Enter') : watch.wantEnd(key)));
  const onSignal = () => watch.wantEnd('by signal');
  for (const name of endSignals) process.on(name, onSignal);
  try {
    return await Promise.race([watch.untilEnd(keys.areThere), sources.failed]);
  } finally {
    for (const name of endSignals) process.off(name, onSignal);
  }
}

/** Runs one after the other, as changes, keys and signals ask for it. */
class Watch {
  readonly #words: readonly string[];
  #run: WatchedRun | undefined;
  /** Why there is to be another run. */
  #again: string | undefined;
  #end: 'by key' | 'by signal' | undefined;
  #wished = Promise.withResolvers<void>();

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  wantAgain(reason: string): void {
    this.#again = reason;
    this.#wished.resolve();
  }

  /** The second time, a run that is being ended is ended at once. */
  wantEnd(how: 'by key' | 'by signal'): void {
    if (this.#end !== undefined) this.#run?.interrupt();
    this.#end = how;
    this.#wished.resolve();
  }

  async untilEnd(hasKeys: boolean): Promise<number> {
    for (;;) {
      const exitCode = await this.#runOnce();
      if (this.#again === undefined && this.#end === undefined) {
        say(hasKeys ? 'watching; Enter runs again, q ends' : 'watching; Ctrl-C ends');
        await this.#wished.promise;
        if (this.#end === undefined) say(`${this.#again}: again`);
      }
      if (this.#end !== undefined) return this.#end === 'by signal' ? exitCodes.interrupted : exitCode;
    }
  }

  async #runOnce(): Promise<number> {
    this.#again = undefined;
    this.#wished = Promise.withResolvers();
    await using run = startRun(this.#words);
    this.#run = run;
    await Promise.race([run.ended, this.#wished.promise]);
    if (run.isRunning) {
      say(this.#end === undefined ? `${this.#again}: the run is ended and begun anew` : 'the run is ended');
      run.interrupt();
    }
    return await run.ended;
  }
}

function say(sentence: string): void {
  process.stderr.write(`\nassay: ${sentence}\n`);
}

function withoutWatch(words: readonly string[]): string[] {
  const dashes = words.indexOf('--');
  const optionsEnd = dashes === -1 ? words.length : dashes;
  return words.filter((word, index) => index >= optionsEnd || !/^--watch(=|$)/.test(word));
}

function refuseWhatDoesNotFit(words: Words): void {
  const reasons: [isGiven: boolean, option: string, remedy: string][] = [
    [flag(words, 'json'), '--json', 'one run has one report: leave --watch out'],
    [
      text(words, 'out') !== undefined,
      '--out',
      'each run has a folder of its own in .assay/runs: leave --out out',
    ],
  ];
  for (const [isGiven, option, remedy] of reasons) {
    if (!isGiven) continue;
    throw harnessErrors.HARNESS_USAGE({ tried: 'run with --watch', got: `${option} as well`, remedy });
  }
}
