import { AsyncLocalStorage } from 'node:async_hooks';

type Report = (error: unknown) => void;

const current = new AsyncLocalStorage<Report>();

/**
 * Catches errors that nobody waits for (a rejected promise left alone, a callback that throws) while the runner
 * works, so that one scenario's slip does not end all the others. Disposing of it gives Node its own ways back.
 */
export function catchStrayErrors(): Disposable {
  process.on('unhandledRejection', deliver);
  process.on('uncaughtException', deliver);
  return {
    [Symbol.dispose]() {
      process.off('unhandledRejection', deliver);
      process.off('uncaughtException', deliver);
    },
  };
}

/** Runs `action`; stray errors of whatever it starts go to `report`, found through the chain of asynchronous calls. */
export function withStrayErrorsTo<Result>(report: Report, action: () => Result): Result {
  return current.run(report, action);
}

function deliver(error: unknown): void {
  const report = current.getStore();
  if (report !== undefined) {
    report(error);
    return;
  }
  // Not a scenario's, so the runner's own: nothing that it would say from now on could be trusted.
  console.error('assay: an error that nobody handles, a defect of Assay:', error);
  process.exit(3);
}
