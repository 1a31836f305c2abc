import { strict as assert } from 'node:assert';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SeededNumbers } from '../faults/index.ts';
import { doubling, losing, withKernelLines } from './distortion.ts';
import type { Liar } from './liar.ts';
import { shellLine } from './shell-line.ts';

/** A system that takes its time, and whose kernel talks in the middle of its prompts. */
const lateLogin = (progressLines: number) =>
  [
    `n=0; while [ $n -lt ${progressLines} ]; do n=$((n+1)); echo "box is still starting, $n"; sleep 0.05; done`,
    'printf "box log"; sleep 0.05; echo "[    4.000001] eth0: link is up"; printf "in: "; read -r user',
    'printf "Pass[    4.200000] eth1: link is down\\nword: "; read -r password',
    '[ "$user:$password" = root:tr0ub4dor ] || { echo Login incorrect; exit 1; }; echo welcome',
  ].join('; ');

const garbled = { outcome: 'errored', codes: ['VM_CONSOLE_GARBLED'] } as const;
const readyText = 'starting\n';
const readyScript = 'echo starting; sleep 0.1; echo "ASSAY READY"; sleep 60';

/** Liars of a line: no machine is needed to meet them. */
export const streamLiars: readonly Liar[] = [
  {
    name: 'kernel-lines-in-the-prompt',
    lie: 'the kernel prints lines into the middle of words, prompts and answers, and they hold what is waited for',
    blame: 'nobody',
    on: 'stream',
    truth: { outcome: 'passed' },
    async meet(bench) {
      const printed = withKernelLines(new SeededNumbers(bench.seed), 12);
      const console = shellLine(bench, { printed });
      for (let count = 0; count < 8; count += 1) {
        const text = `${bench.seed}-${count}`;
        assert.equal(
          (await console.run(`echo ${text}; echo of two lines`)).output,
          `${text}\nof two lines\n`,
        );
      }
    },
  },
  {
    name: 'command-hangs-among-kernel-lines',
    lie: 'a command does not end, and the kernel prints into the middle of its answers',
    blame: 'product',
    on: 'stream',
    truth: { outcome: 'failed', codes: ['VM_COMMAND_TIMEOUT'], evidence: /at work/ },
    async meet(bench) {
      const printed = withKernelLines(new SeededNumbers(bench.seed), 12);
      const console = shellLine(bench, { printed });
      await console.run('true');
      await console.run('echo at work; sleep 1', { timeoutMs: 300 });
    },
  },
  {
    name: 'late-login',
    lie: 'the login prompt comes late, and broken by kernel lines',
    blame: 'nobody',
    on: 'stream',
    truth: { outcome: 'passed' },
    async meet(bench) {
      const console = shellLine(bench, { script: lateLogin(10 + new SeededNumbers(bench.seed).below(10)) });
      await console.expect('login: ');
      await console.sendLine('root');
      await console.expect('Password: ');
      await console.sendSecretLine('tr0ub4dor');
      await console.expect('welcome');
      assert.equal((await console.run('echo in')).output, 'in\n');
    },
  },
  {
    name: 'login-that-never-comes',
    lie: 'a system goes on saying that it is still starting',
    blame: 'product',
    on: 'stream',
    truth: { outcome: 'failed', codes: ['VM_CONSOLE_TIMEOUT'], evidence: /box is still starting/ },
    async meet(bench) {
      await shellLine(bench, { script: lateLogin(1000) }).expect('login: ', { timeoutMs: 600 });
    },
  },
  {
    name: 'runner-is-held-up',
    lie: 'what is waited for comes in time, while the runner does not run',
    blame: 'nobody',
    on: 'stream',
    truth: { outcome: 'passed' },
    async meet(bench) {
      const console = shellLine(bench, { script: readyScript });
      const ready = console.expect('ASSAY READY', { timeoutMs: 500 });
      await new Promise((resolve) => setTimeout(resolve, 20));
      const endMs = performance.now() + 1_000;
      while (performance.now() < endMs);
      await ready;
    },
  },
  ...[losing, doubling].map((distortion): Liar => {
    const what = distortion === losing ? 'loses' : 'doubles';
    return {
      name: `console-${what}-a-character-of-the-ready-line`,
      lie: `the line ${what} a character in the middle of the ready line`,
      blame: 'host',
      on: 'stream',
      // Whether the guest or the line has changed the text cannot be told: see docs/verdicts.md.
      truth: { outcome: 'failed', codes: ['VM_CONSOLE_SILENT'], evidence: /the nearest line: / },
      async meet(bench) {
        const damaged = readyText.length + 1 + new SeededNumbers(bench.seed).below('ASSAY READY'.length - 2);
        const always = distortion(new SeededNumbers(bench.seed), 1);
        let count = 0;
        const printed = (byte: Buffer) => (count++ === damaged ? always(byte) : byte);
        const console = shellLine(bench, { script: readyScript, printed });
        await console.expect('ASSAY READY', { timeoutMs: 600 });
      },
    };
  }),
  ...[losing, doubling].map((distortion): Liar => {
    const what = distortion === losing ? 'loses' : 'doubles';
    return {
      name: `console-${what}-what-is-typed`,
      lie: `the line ${what} characters of a command that is typed`,
      blame: 'host',
      on: 'stream',
      truth: { ...garbled, evidence: /it was not run[\s\S]*\d+ arrived|@[a-z0-9]+:/ },
      async meet(bench) {
        const marker = join(bench.workFolder, 'garbled');
        let isGarbling = false;
        const numbers = new SeededNumbers(bench.seed);
        const distort = distortion(numbers, 12);
        const console = shellLine(bench, {
          typed: (byte) => (isGarbling ? distort(byte) : byte),
          timeoutScale: 0.02,
        });
        await console.run('true', { timeoutMs: 500_000 });
        isGarbling = true;
        const command = `: this is to arrive whole or not at all ; touch ${marker}`;
        const failure = await console.run(command).catch((error: unknown) => error);
        assert.ok(failure instanceof Error, 'a garbled command seems to have succeeded');
        assert.ok(!existsSync(marker), 'a garbled command was run');
        throw failure;
      },
    };
  }),
  ...[losing, doubling].map((distortion): Liar => {
    const what = distortion === losing ? 'loses' : 'doubles';
    return {
      name: `console-${what}-characters-of-answers`,
      lie: `the line ${what} characters of the answers to commands`,
      blame: 'host',
      on: 'stream',
      truth: garbled,
      async meet(bench) {
        let isGarbling = false;
        const distort = distortion(new SeededNumbers(bench.seed), 20);
        const console = shellLine(bench, {
          printed: (byte) => (isGarbling ? distort(byte) : byte),
          timeoutScale: 0.02,
        });
        await console.run('true', { timeoutMs: 500_000 });
        isGarbling = true;
        for (let count = 0; count < 20; count += 1) await console.run('true');
      },
    };
  }),
];
