import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { runTool } from '../../foundation/index.ts';
import type { RunningMachine } from '../../vm/index.ts';
import { benchGuest, typeAtPrompt } from './bench-guest.ts';
import { burnProcessors } from './burn-processor.ts';
import type { Liar } from './liar.ts';
import { fillUp, SmallDisk } from './small-disk.ts';

const waitMs = 4_000;
const stalled = { outcome: 'errored', codes: ['VM_MACHINE_STALLED'] } as const;
const mib = 1024 * 1024;

/** Hosts that withhold processor, memory or disk: every one of them looks as if the guest hung. */
export const hostLiars: readonly Liar[] = [
  {
    name: 'qemu-is-killed',
    lie: 'QEMU is killed while something is waited for, as the kernel does that is out of memory',
    blame: 'host',
    on: 'machine',
    truth: { outcome: 'errored', codes: ['VM_QEMU_DIED'], evidence: /SIGKILL/ },
    async meet(bench) {
      const running = await benchGuest(bench);
      const wait = running.console.expect('the work is done', { timeoutMs: 60_000 });
      process.kill(running.pid, 'SIGKILL');
      await wait;
    },
  },
  {
    name: 'qemu-is-stopped',
    lie: 'QEMU is stopped for all of a wait',
    blame: 'host',
    on: 'machine',
    truth: { ...stalled, evidence: /stopped by a signal for/ },
    async meet(bench) {
      const running = await benchGuest(bench);
      process.kill(running.pid, 'SIGSTOP');
      await running.console.expect('the work is done', { timeoutMs: waitMs });
    },
  },
  {
    name: 'qemu-is-stopped-for-a-while',
    lie: 'QEMU is stopped for most of a wait, and runs again when it is over',
    blame: 'host',
    on: 'machine',
    truth: { ...stalled, evidence: /stopped by a signal for/ },
    async meet(bench) {
      const running = await benchGuest(bench);
      await typeAtPrompt(running, 'sleep 2; echo the work is do""ne');
      void stopFor(running, 0.8 * waitMs);
      await running.console.expect('the work is done', { timeoutMs: waitMs });
    },
  },
  {
    name: 'qemu-is-stopped-during-a-command',
    lie: 'QEMU is stopped for most of the time that a command has',
    blame: 'host',
    on: 'machine',
    truth: { ...stalled, evidence: /stopped by a signal for/ },
    async meet(bench) {
      const running = await benchGuest(bench);
      void stopFor(running, 0.8 * waitMs);
      await running.console.run('sleep 2', { timeoutMs: waitMs });
    },
  },
  {
    name: 'qemu-is-stopped-during-a-request',
    lie: 'QEMU is stopped for all of the time that a page has to answer',
    blame: 'host',
    on: 'machine',
    truth: { ...stalled, evidence: /stopped by a signal for/ },
    async meet(bench) {
      const running = await benchGuest(bench, {
        nics: [{ mac: '00:1b:21:aa:bb:cc', forwardTcpPorts: [80] }],
      });
      await running.hostPort(80);
      const request = running.request('/', { timeoutMs: waitMs });
      // The port is asked of QEMU first.
      await setTimeout(200);
      void stopFor(running, waitMs);
      await request;
    },
  },
  {
    name: 'qemu-is-stopped-during-the-scenario',
    lie: 'QEMU is stopped while the scenario waits for something of its own, until its time is over',
    blame: 'host',
    on: 'machine',
    timeoutMs: 30_000,
    truth: { outcome: 'errored', codes: ['HARNESS_SCENARIO_STALLED'], evidence: /stopped by a signal for/ },
    async meet(bench) {
      const running = await benchGuest(bench);
      process.kill(running.pid, 'SIGSTOP');
      await bench.step('wait for the page to change', () => new Promise<never>(() => {}));
    },
  },
  {
    name: 'machine-is-paused-during-a-command',
    lie: 'the machine is paused in QEMU while a command runs',
    blame: 'host',
    on: 'machine',
    truth: { ...stalled, evidence: /paused/ },
    async meet(bench) {
      const running = await benchGuest(bench);
      await running.qmp.execute('stop');
      await running.console.run('true', { timeoutMs: 1_000 });
    },
  },
  {
    name: 'no-processor-left',
    lie: 'nine others use the processor that a machine has, and it does not get its work done in time',
    blame: 'host',
    on: 'machine',
    truth: { ...stalled, evidence: /got no processor/ },
    async meet(bench) {
      const running = await benchGuest(bench);
      await runTool('taskset', ['-acp', '0', String(running.pid)]);
      using _burners = burnProcessors(Array(9).fill(0));
      await typeAtPrompt(
        running,
        'i=0; while [ $i -lt 1000000 ]; do i=$((i+1)); done; echo the work is do""ne',
      );
      await running.console.expect('the work is done', { timeoutMs: waitMs });
    },
  },
  {
    name: 'guest-hangs-on-a-loaded-host',
    lie: 'a guest hangs on a host whose processors are all in use, which is not why it hangs',
    blame: 'product',
    on: 'machine',
    truth: { outcome: 'failed', codes: ['VM_CONSOLE_SILENT'], evidence: /last words/ },
    async meet(bench) {
      const running = await benchGuest(bench);
      using _burners = burnProcessors([0, 1]);
      await typeAtPrompt(running, "trap '' 2; echo last words; while :; do :; done");
      await running.console.expect('last words\n');
      await running.console.expect('recovered', { timeoutMs: waitMs });
    },
  },
  {
    name: 'no-disk-left-for-the-machine',
    lie: 'the host has no room left for what a guest writes to its disk',
    blame: 'host',
    on: 'machine',
    needsRoot: true,
    truth: { outcome: 'errored', codes: ['FOUNDATION_DISK_FULL'], evidence: /io-error/ },
    async meet(bench) {
      using small = await SmallDisk.make(2 * mib);
      const path = join(small.folder, 'disk.raw');
      await using disk = await open(path, 'w');
      await disk.truncate(64 * mib);
      const { console } = await benchGuest(bench, { disks: [{ name: 'data', path, writes: 'kept' }] });
      await console.run('dd if=/dev/urandom of=/dev/vda bs=1M count=16 conv=fsync', { timeoutMs: 60_000 });
    },
  },
  {
    name: 'no-disk-left-for-the-console',
    lie: 'the host has no room left for what a guest prints, so that it seems to be silent',
    blame: 'host',
    on: 'machine',
    needsRoot: true,
    runFolderBytes: 8 * mib,
    truth: {
      outcome: 'errored',
      codes: ['FOUNDATION_DISK_FULL', 'VM_RECORDING_FAILED'],
      evidence: /bytes are free|ENOSPC/,
    },
    async meet(bench) {
      const running = await benchGuest(bench);
      await fillUp(join(dirname(bench.workFolder), 'fills-the-disk'));
      await running.console.sendLine('echo the work is do""ne');
      await running.console.expect('the work is done', { timeoutMs: 2_000 });
    },
  },
];

async function stopFor(running: RunningMachine, durationMs: number): Promise<void> {
  process.kill(running.pid, 'SIGSTOP');
  await setTimeout(durationMs);
  if (running.isOn) process.kill(running.pid, 'SIGCONT');
}
