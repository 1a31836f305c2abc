import { createLogUpdate } from 'log-update';
import prettyMilliseconds from 'pretty-ms';
import type { CloneProgress } from '../../core/factory/index.ts';
import { formatSize } from '../../foundation/index.ts';

/** Shows how far cloning is. */
export interface CloneProgressView extends Disposable {
  onProgress(progress: CloneProgress): void;
  onNotice(sentence: string): void;
}

const refreshMs = 200;
const plainStepPercent = 10;

/** One line that is redrawn on a terminal; elsewhere a line for every tenth. */
export function createCloneProgress(stream: NodeJS.WriteStream, plain: boolean): CloneProgressView {
  const startMs = performance.now();
  return plain || !stream.isTTY ? plainView(stream, startMs) : liveView(stream, startMs);
}

function plainView(stream: NodeJS.WriteStream, startMs: number): CloneProgressView {
  let nextPercent = 0;
  return {
    onProgress(progress) {
      const percent = percentOf(progress);
      if (percent < nextPercent) return;
      nextPercent = (Math.floor(percent / plainStepPercent) + 1) * plainStepPercent;
      stream.write(`${progressLine(progress, performance.now() - startMs)}\n`);
    },
    onNotice: (sentence) => stream.write(`note: ${sentence}\n`),
    [Symbol.dispose]() {},
  };
}

function liveView(stream: NodeJS.WriteStream, startMs: number): CloneProgressView {
  const draw = createLogUpdate(stream);
  let drawnMs = Number.NEGATIVE_INFINITY;
  return {
    onProgress(progress) {
      const nowMs = performance.now();
      if (nowMs - drawnMs < refreshMs) return;
      drawnMs = nowMs;
      draw(progressLine(progress, nowMs - startMs));
    },
    onNotice(sentence) {
      draw.clear();
      stream.write(`note: ${sentence}\n`);
    },
    [Symbol.dispose]() {
      draw.clear();
      draw.done();
    },
  };
}

/** `verify 62 % of master.raw, 2 clones, 410 MiB/s, 3s left`: the rate is of the master's bytes, in both passes. */
function progressLine(progress: CloneProgress, elapsedMs: number): string {
  const { phase, masterPath, doneBytes, totalBytes, targets } = progress;
  const clones = `${targets} ${targets === 1 ? 'clone' : 'clones'}`;
  const line = `${phase} ${Math.floor(percentOf(progress))} % of ${masterPath}, ${clones}`;
  if (doneBytes === 0 || elapsedMs < 1) return line;
  const rate = `${formatSize(Math.round(doneBytes / (elapsedMs / 1000)))}/s`;
  if (doneBytes === totalBytes) return `${line}, ${rate}`;
  const leftSeconds = Math.ceil((elapsedMs * (totalBytes - doneBytes)) / doneBytes / 1000);
  return `${line}, ${rate}, ${prettyMilliseconds(leftSeconds * 1000)} left`;
}

function percentOf({ doneBytes, totalBytes }: CloneProgress): number {
  return (100 * doneBytes) / totalBytes;
}
