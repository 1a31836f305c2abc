import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type MachineSpec, resolveMachineSpec } from '../vm/machine-spec.ts';
import { qemuArguments } from '../vm/qemu-arguments.ts';
import { shellWord } from './shell-word.ts';
import { runTimedScript } from './timed-script.ts';

export interface BareStart {
  /** The script, its log of the console and what QEMU printed are written there. */
  folder: string;
  /** The machine is ended as soon as the console has shown it. */
  waitFor: string;
  timeoutMs: number;
  signal?: AbortSignal;
}

export interface BareEnd {
  /** From before QEMU was started until its process was gone, on the clock of the script. */
  tookMs: number;
  consoleLogPath: string;
}

/**
 * Starts a machine without Assay, by a shell script of a few lines: QEMU with the arguments that `vm/` makes for it,
 * the console into a log file, and `tail | grep` on that file, which wake by inotify and so wait without polling. The
 * script takes its own time, so that no start of a shell counts against it.
 *
 * @throws BENCH_NOT_MEASURED when the text does not come.
 */
export async function runBareMachine(spec: MachineSpec, start: BareStart): Promise<BareEnd> {
  const { folder, waitFor, timeoutMs, signal } = start;
  await mkdir(folder, { recursive: true });
  const consoleLogPath = join(folder, 'console.log');
  const timeout = AbortSignal.timeout(timeoutMs);
  const tookMs = await runTimedScript({
    scriptPath: join(folder, 'start.bash'),
    lines: bareScript(bareArguments(spec, folder), consoleLogPath, waitFor),
    tried: `wait for ${JSON.stringify(waitFor)} on a machine started`,
    expected: `it within ${timeoutMs} ms`,
    // The script is ended with this process, and ends QEMU; a script that is killed cannot.
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  });
  return { tookMs, consoleLogPath };
}

/**
 * The arguments that `vm/` starts QEMU with, but with nobody at the monitor, so that the machine runs at once; the
 * log files, which QEMU writes itself, stay.
 */
export function bareArguments(spec: MachineSpec, folder: string): string[] {
  const resolved = resolveMachineSpec(spec);
  const ports = ['console', ...resolved.serialPorts];
  const commandLine = qemuArguments(resolved, {
    accelerator: 'tcg',
    qmpSocketPath: join(folder, 'qmp.sock'),
    serialLogPaths: ports.map((port) => join(folder, `${port}.log`)),
    overlayPaths: new Map(),
  });
  return commandLine
    .filter((argument) => argument !== '-S')
    .map((argument) => argument.replace(/^socket,id=(\w+),path=(?:[^,]|,,)*,server=off/, 'null,id=$1'));
}

/** `wait` and not the pipeline itself in front: a shell that waits so hears at once that it is to end. */
function bareScript(commandLine: readonly string[], consoleLogPath: string, waitFor: string): string[] {
  const log = shellWord(consoleLogPath);
  return [
    'set -u',
    `: >${log}`,
    'start=$EPOCHREALTIME',
    `qemu-system-x86_64 ${commandLine.map(shellWord).join(' ')} &`,
    'qemu=$!',
    "trap 'kill -9 $qemu' EXIT",
    "trap 'exit 3' TERM",
    `tail -n +1 -f --pid=$qemu ${log} | grep -aqF -m1 ${shellWord(waitFor)} &`,
    'wait $! || exit 1',
    'kill -9 $qemu',
    'wait $qemu 2>/dev/null',
    'end=$EPOCHREALTIME',
    'trap - EXIT',
    'echo "$start $end"',
  ];
}
