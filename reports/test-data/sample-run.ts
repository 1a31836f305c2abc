import { type NewEvent, type RunEvent, type RunFacts, runEventSchema, schemaVersion } from '../events.ts';

/** What the sample run begins with. */
export const sampleFacts: RunFacts = {
  runId: 'r1',
  argv: ['run', '--seed', '7'],
  seed: '7',
  timeoutScale: 1,
  host: {
    cores: 2,
    memoryBytes: 4 * 1024 ** 3,
    qemuVersion: '7.2.22',
    accelerator: { name: 'tcg', reason: 'kvm did not answer the probe boot' },
  },
};

/** Events as the log would record them, from events with their times in milliseconds. */
export function recordedEvents(timed: [atMs: number, event: NewEvent][]): RunEvent[] {
  const first = { kind: 'run-started', schemaVersion, startedAt: '2026-01-02T03:04:05.000Z', ...sampleFacts };
  return [first, ...timed.map(([atMs, event]) => ({ ...event, atMs }))].map((event) =>
    runEventSchema.parse({ atMs: 0, ...event }),
  );
}

/** A run with one scenario of each outcome; the failed one has everything that a failure can have. */
export const sampleEvents = recordedEvents([
  [0, { kind: 'scenario-started', scenarioId: 'a', name: 'lifecycle', file: 'scenarios/lifecycle.ts' }],
  [
    100,
    {
      ...{ kind: 'step-started', scenarioId: 'a', stepId: 'a1', sentence: 'the master boots' },
      ...{ category: 'boot', machine: 'alpha' },
    },
  ],
  [
    150,
    {
      ...{ kind: 'machine-started', scenarioId: 'a', stepId: 'a1', machine: 'alpha' },
      ...{ hardware: 'q35, 512 MiB, virtio', qemuPid: 4711 },
    },
  ],
  [160, { kind: 'power', scenarioId: 'a', machine: 'alpha', action: 'on' }],
  [
    200,
    {
      ...{ kind: 'step-started', scenarioId: 'a', stepId: 'a2', parentId: 'a1' },
      ...{ sentence: 'it becomes ready', category: 'wait', machine: 'alpha' },
    },
  ],
  [2200, { kind: 'step-ended', scenarioId: 'a', stepId: 'a2', outcome: 'passed' }],
  [3100, { kind: 'step-ended', scenarioId: 'a', stepId: 'a1', outcome: 'passed' }],
  [3150, { kind: 'machine-ended', scenarioId: 'a', machine: 'alpha', how: 'powered-off' }],
  [3200, { kind: 'scenario-ended', scenarioId: 'a', outcome: 'passed' }],
  [
    3200,
    {
      ...{ kind: 'scenario-started', scenarioId: 'b', name: 'damaged-root-recovers' },
      ...{ file: 'scenarios/recovery.ts', reproduce: './assay run damaged-root-recovers --seed 7' },
    },
  ],
  [
    3300,
    {
      ...{ kind: 'step-started', scenarioId: 'b', stepId: 'b1' },
      ...{ sentence: 'the emergency system takes over', category: 'wait', machine: 'beta' },
    },
  ],
  [
    3400,
    {
      ...{ kind: 'machine-started', scenarioId: 'b', machine: 'beta' },
      ...{ hardware: 'q35, 512 MiB, virtio', qemuPid: 4712 },
    },
  ],
  [
    8000,
    { kind: 'console', scenarioId: 'b', machine: 'beta', marker: 'timeout', text: 'expect "ASSAY READY"' },
  ],
  [
    8100,
    {
      ...{ kind: 'check', scenarioId: 'b', what: 'the page answers', passed: false },
      ...{ expected: 'status 200', got: 'connection refused' },
    },
  ],
  [8200, { kind: 'step-ended', scenarioId: 'b', stepId: 'b1', outcome: 'failed' }],
  [8300, { kind: 'machine-ended', scenarioId: 'b', machine: 'beta', how: 'stopped' }],
  [
    8300,
    {
      ...{ kind: 'scenario-ended', scenarioId: 'b', outcome: 'failed' },
      error: {
        code: 'VM_CONSOLE_TIMEOUT',
        blame: 'product',
        message: 'the console did not show what was waited for: expect "ASSAY READY" on machine beta',
        remedy: 'read the console log',
        facts: { expected: 'ASSAY READY within 5 s', got: 'nothing new' },
        related: [
          { relation: 'followed by', code: 'VM_STOP_FAILED', blame: 'harness', message: 'it would not stop' },
        ],
      },
      evidence: [{ what: 'console log', path: '.assay/runs/r1/beta/console.log' }],
      consoleTails: [{ machine: 'beta', lines: ['Loading kernel', '\u001b[31mEXT4-fs error\u001b[0m'] }],
    },
  ],
  [8300, { kind: 'scenario-started', scenarioId: 'c', name: 'masters-agree', file: 'scenarios/masters.ts' }],
  [
    8300,
    { kind: 'scenario-ended', scenarioId: 'c', outcome: 'skipped', reason: 'needs 8 GiB of memory # now' },
  ],
  [8300, { kind: 'scenario-started', scenarioId: 'd', name: 'decoys', file: 'scenarios/masters.ts' }],
  [
    8400,
    {
      ...{ kind: 'scenario-ended', scenarioId: 'd', outcome: 'errored' },
      error: { code: 'FOUNDATION_DISK_FULL', blame: 'host', message: 'no space is left: write a clone' },
    },
  ],
  [8500, { kind: 'run-ended', counts: { passed: 1, failed: 1, errored: 1, skipped: 1 }, interrupted: false }],
]);
