import { createLogUpdate } from 'log-update';

/** Shows what of a disk is being looked at. */
export interface ValidationProgress extends Disposable {
  /** @param done From 0 to 1, where it can be said. */
  onProgress(what: string, done?: number): void;
}

const refreshMs = 200;
const plainStep = 0.1;

/** One line that is redrawn on a terminal; elsewhere a line for each part, and for every tenth of a long one. */
export function createValidationProgress(stream: NodeJS.WriteStream, plain: boolean): ValidationProgress {
  return plain || !stream.isTTY ? plainView(stream) : liveView(stream);
}

function plainView(stream: NodeJS.WriteStream): ValidationProgress {
  let next = 0;
  return {
    onProgress(what, done) {
      if (done === undefined) next = 0;
      else if (done < next) return;
      else next = (Math.floor(done / plainStep) + 1) * plainStep;
      stream.write(`${lineOf(what, done)}\n`);
    },
    [Symbol.dispose]() {},
  };
}

function liveView(stream: NodeJS.WriteStream): ValidationProgress {
  const draw = createLogUpdate(stream);
  let drawnMs = Number.NEGATIVE_INFINITY;
  return {
    onProgress(what, done) {
      const nowMs = performance.now();
      if (done !== undefined && nowMs - drawnMs < refreshMs) return;
      drawnMs = nowMs;
      draw(lineOf(what, done));
    },
    [Symbol.dispose]() {
      draw.clear();
      draw.done();
    },
  };
}

function lineOf(what: string, done: number | undefined): string {
  return `looking at ${what}${done === undefined ? '' : `: ${Math.floor(done * 100)} %`}`;
}
