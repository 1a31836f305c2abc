import t from 'tap';
import type { NewEvent, RunEvent } from './events.ts';
import { plainProgressLine } from './plain-progress.ts';
import { RunFold } from './run-fold.ts';
import { recordedEvents, sampleEvents } from './test-data/sample-run.ts';

function progress(events: RunEvent[]): (string | undefined)[] {
  const fold = new RunFold(events[0]!);
  return events.map((event, index) => {
    if (index > 0) fold.apply(event);
    return plainProgressLine(event, fold);
  });
}

t.test('the sample run, line by line', async (t) => {
  t.equal(
    progress(sampleEvents).join('\n'),
    `\
[  0.0s] run r1 started: seed 7, QEMU 7.2.22 with tcg (kvm did not answer the probe boot), 2 cores, 4 GiB
[  0.0s] lifecycle: started (scenarios/lifecycle.ts)
[  0.1s] lifecycle: machine alpha: the master boots
[  0.1s] lifecycle: machine alpha: started: q35, 512 MiB, virtio (QEMU pid 4711)
[  0.2s] lifecycle: machine alpha: power on
[  0.2s] lifecycle: machine alpha: it becomes ready
[  2.2s] lifecycle: done in 2.0s: it becomes ready
[  3.1s] lifecycle: done in 3.0s: the master boots
[  3.1s] lifecycle: machine alpha: powered off
[  3.2s] lifecycle: passed after 3.2s
[  3.2s] damaged-root-recovers: started (scenarios/recovery.ts)
[  3.3s] damaged-root-recovers: machine beta: the emergency system takes over
[  3.4s] damaged-root-recovers: machine beta: started: q35, 512 MiB, virtio (QEMU pid 4712)
[  8.0s] damaged-root-recovers: machine beta: console time-out: expect "ASSAY READY"
[  8.1s] damaged-root-recovers: CHECK FAILED: the page answers: expected status 200, got connection refused
[  8.2s] damaged-root-recovers: failed in 4.9s: the emergency system takes over
[  8.3s] damaged-root-recovers: machine beta: stopped
[  8.3s] damaged-root-recovers: FAILED after 5.1s: VM_CONSOLE_TIMEOUT: the console did not show what was waited for: expect "ASSAY READY" on machine beta
[  8.3s] masters-agree: started (scenarios/masters.ts)
[  8.3s] masters-agree: skipped: needs 8 GiB of memory # now
[  8.3s] decoys: started (scenarios/masters.ts)
[  8.4s] decoys: ERRORED after 100ms: FOUNDATION_DISK_FULL: no space is left: write a clone
[  8.5s] run ended: 1 passed, 1 failed, 1 errored, 1 skipped`,
  );
});

t.test('the events that the sample run does not have', async (t) => {
  const machine = { machine: 'm' } as const;
  const lines: [NewEvent, string | undefined][] = [
    [
      { kind: 'machine-started', ...machine, hardware: 'q35', qemuPid: 1 },
      'machine m: started: q35 (QEMU pid 1)',
    ],
    [{ kind: 'power', ...machine, action: 'cut' }, 'machine m: power cut'],
    [{ kind: 'power', ...machine, action: 'button' }, 'machine m: power button'],
    [{ kind: 'power', ...machine, action: 'reset' }, 'machine m: reset'],
    [{ kind: 'console', ...machine, marker: 'panic', text: 'oops' }, 'machine m: KERNEL PANIC: oops'],
    [{ kind: 'console', ...machine, marker: 'stage', text: 'one' }, 'machine m: stage: one'],
    [{ kind: 'console', ...machine, marker: 'match', text: 'x' }, undefined],
    [{ kind: 'qmp', ...machine, name: 'RESET' }, undefined],
    [{ kind: 'artifact', what: 'disk', path: 'd', sizeBytes: 1 }, undefined],
    [{ kind: 'fault', what: 'bit rot', proof: '00 -> 01' }, 'fault: bit rot: 00 -> 01'],
    [{ kind: 'fault', what: 'bit rot' }, 'fault: bit rot: NOT PROVED'],
    [{ kind: 'check', what: 'it answers', passed: true }, 'checked: it answers'],
    [{ kind: 'measure', name: 'boot', value: 2, unit: 's' }, 'boot = 2 s'],
    [{ kind: 'note', text: 'a\nb' }, 'a b'],
    [{ kind: 'note', text: 'a', level: 'warning' }, 'warning: a'],
    [{ kind: 'machine-ended', ...machine, how: 'died', detail: 'signal 9' }, 'machine m: died: signal 9'],
  ];
  const events = recordedEvents(lines.map(([event]) => [123_456, event]));
  t.strictSame(
    progress(events).slice(1),
    lines.map(([, line]) => (line === undefined ? undefined : `[123.5s] ${line}`)),
  );
});

t.test('a pass after a failure is flaky', async (t) => {
  const attempt = (scenarioId: string, count: number): NewEvent => ({
    ...{ kind: 'scenario-started', scenarioId, name: 'a', file: 'x.ts', attempt: count },
  });
  const lines = progress(
    recordedEvents([
      [0, attempt('a', 1)],
      [1000, { kind: 'scenario-ended', scenarioId: 'a', outcome: 'failed' }],
      [1000, attempt('a.attempt-2', 2)],
      [3000, { kind: 'scenario-ended', scenarioId: 'a.attempt-2', outcome: 'passed' }],
    ]),
  );
  t.equal(lines.at(-1), '[  3.0s] a (attempt 2): FLAKY: passed after 2.0s, when tried again');
});
