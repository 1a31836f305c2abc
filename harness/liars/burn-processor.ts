import { type ChildProcess, spawn } from 'node:child_process';

/** Programs that do nothing but use a processor, until they are disposed of; the kernel shares it evenly among them and all else. */
export function burnProcessors(processors: readonly number[]): Disposable {
  const burners = processors.map((processor) =>
    // Sessions of their own: the kernel shares a processor among sessions first (sched(7), autogroup).
    spawn(
      'setpriv',
      ['--pdeathsig', 'KILL', 'taskset', '-c', String(processor), 'sh', '-c', 'while :; do :; done'],
      {
        detached: true,
        stdio: 'ignore',
      },
    ),
  );
  return { [Symbol.dispose]: () => burners.forEach(end) };
}

function end(burner: ChildProcess): void {
  burner.kill('SIGKILL');
}
