import { createLogUpdate } from 'log-update';
import {
  liveView,
  plainProgressLine,
  printableLine,
  type RunEvent,
  type RunFold,
} from '../../reports/index.ts';
import type { ConsoleView } from '../machines.ts';
import type { ConsoleListener } from '../run-scenario.ts';

/** Shows a run while it goes on. */
export interface Progress extends Disposable {
  onEvent(event: RunEvent, fold: RunFold): void;
  onConsole: ConsoleListener;
  /** Shows nothing until the result is disposed of: the terminal is somebody else's. */
  hold(): Disposable;
}

const refreshMs = 200;

/** A view that is redrawn on a terminal; plain lines for CI, files, and whoever asks for them. */
export function createProgress(stream: NodeJS.WriteStream, plain: boolean): Progress {
  return plain || !stream.isTTY ? plainProgress(stream) : liveProgress(stream);
}

function plainProgress(stream: NodeJS.WritableStream): Progress {
  return {
    onEvent(event, fold) {
      const line = plainProgressLine(event, fold);
      if (line !== undefined) stream.write(`${line}\n`);
    },
    onConsole() {},
    hold: () => ({ [Symbol.dispose]() {} }),
    [Symbol.dispose]() {},
  };
}

function liveProgress(stream: NodeJS.WriteStream): Progress {
  const draw = createLogUpdate(stream);
  const consoles = new Map<string, ConsoleView>();
  let started: { fold: RunFold; atMs: number } | undefined;
  let holds = 0;
  const redraw = () => {
    if (started === undefined || holds > 0) return;
    const lines = liveView(started.fold.run, {
      widthColumns: stream.columns,
      heightLines: Math.max(1, stream.rows - 1),
      nowMs: performance.now() - started.atMs,
      lastConsoleLine: (scenarioId, machine) => consoles.get(`${scenarioId}/${machine}`)?.lastLine(),
    });
    draw(lines.join('\n'));
  };
  // Redrawn by the clock and not by the event: a run can write thousands of events a second.
  const timer = setInterval(redraw, refreshMs);
  return {
    onEvent(event, fold) {
      started ??= { fold, atMs: performance.now() };
      // A remark on the run as a whole stays above the view.
      if (event.kind !== 'note' || event.scenarioId !== undefined) return;
      draw.clear();
      stream.write(`${printableLine(event.text)}\n`);
    },
    onConsole(scenarioId, machine, view) {
      consoles.set(`${scenarioId}/${machine}`, view);
    },
    hold() {
      holds += 1;
      draw.clear();
      return {
        [Symbol.dispose]() {
          holds -= 1;
        },
      };
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      // The summary that follows says it all, better.
      draw.clear();
      draw.done();
    },
  };
}
