import { spawn } from 'node:child_process';
import { Duplex, Transform } from 'node:stream';
import { SerialConsole } from '../../vm/index.ts';
import type { Bench } from '../bench.ts';
import { type Distortion, distorting } from './distortion.ts';

interface LineOptions {
  /** What the shell does first, for example pretend to be a system that starts. */
  script?: string;
  /** What happens to what it prints. */
  printed?: Distortion;
  /** What happens to what is typed. */
  typed?: Distortion;
  timeoutScale?: number;
}

/**
 * The console of a board without a machine: a real shell behind a line that may distort. The shell ends with the
 * scenario.
 */
export function shellLine(bench: Bench, options: LineOptions = {}): SerialConsole {
  const script = `exec 2>&1; ${options.script ?? ':'}; exec sh`;
  const shell = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'ignore'], cwd: bench.workFolder });
  bench.defer('end the shell behind the line', () => {
    shell.kill('SIGKILL');
  });
  const typed = distorting(options.typed);
  typed.pipe(asTerminal()).pipe(shell.stdin);
  const printed = shell.stdout.pipe(distorting(options.printed));
  // A shell that has ended takes no more; that shows as the end of what it prints.
  shell.stdin.on('error', () => undefined);
  const stream = Duplex.from({ readable: printed, writable: typed });
  return new SerialConsole(stream, { name: 'line', timeoutScale: options.timeoutScale ?? 1 });
}

/** A terminal gives Return to programs as a line feed, and keeps Ctrl-C for itself. */
function asTerminal(): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, chunk.toString('latin1').replaceAll('\r', '\n').replaceAll('\u0003', ''));
    },
  });
}
