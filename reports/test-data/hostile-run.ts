import { type EventError, type RunEvent, runEventSchema } from '../events.ts';
import { recordedEvents } from './sample-run.ts';

/** A run with a failed, an errored and a skipped scenario in which every free text is the one given. */
export function hostileRun(text: string): RunEvent[] {
  const error: EventError = {
    ...({ code: text, blame: 'harness', message: text } as const),
    ...{ remedy: text, stack: `${text}\n    at ${text}` },
    facts: { tried: text, expected: text, got: text, where: text },
  };
  const ending = {
    kind: 'scenario-ended' as const,
    ...{ reason: text, reproduce: text },
    evidence: [{ what: text, path: text }],
    consoleTails: [{ machine: text, lines: [text, text] }],
  };
  const scenario = { kind: 'scenario-started', name: text, file: text } as const;
  const drill = { scenario: text, faults: [{ fault: text, text, moment: text }] };
  const quarantine = { owner: text, reason: text, expires: '2026-12-31' };
  const campaign = { matrix: text, planDigest: text, drills: 1, leftOut: 1, resumes: text };
  const inFirst = { scenarioId: '1', machine: text } as const;
  const [first, ...others] = recordedEvents([
    [0, { ...scenario, scenarioId: '1', drill }],
    [1, { kind: 'step-started', scenarioId: '1', stepId: 's', sentence: text, machine: text }],
    [1, { kind: 'step-started', scenarioId: '1', stepId: 't', parentId: 's', sentence: text }],
    [1, { kind: 'machine-started', ...inFirst, hardware: text, qemuPid: 1 }],
    [1, { kind: 'console', ...inFirst, marker: 'panic', text, port: text }],
    [1, { kind: 'qmp', ...inFirst, name: text, data: text }],
    [1, { kind: 'check', ...inFirst, what: text, passed: false, expected: text, got: text }],
    [1, { kind: 'fault', ...inFirst, what: text, proof: text }],
    [1, { kind: 'measure', scenarioId: '1', name: text, value: 1, unit: text }],
    [1, { kind: 'recovery', ...inFirst, durationMs: 1 }],
    [1, { kind: 'artifact', ...inFirst, what: 'other', path: text, sizeBytes: 1 }],
    [1, { kind: 'note', ...inFirst, text, level: 'warning' }],
    [2, { kind: 'step-ended', scenarioId: '1', stepId: 't', outcome: 'failed', error }],
    [2, { kind: 'step-ended', scenarioId: '1', stepId: 's', outcome: 'failed', error }],
    [2, { kind: 'machine-ended', ...inFirst, how: 'died', detail: text }],
    [
      3,
      {
        ...{ ...ending, scenarioId: '1', outcome: 'failed' },
        error: { ...error, related: [{ ...error, relation: 'caused by' }] },
      },
    ],
    [3, { ...scenario, scenarioId: '2' }],
    [3, { ...ending, scenarioId: '2', outcome: 'errored', error }],
    [3, { ...scenario, scenarioId: '3', drill: { ...drill, quarantine } }],
    [3, { ...ending, scenarioId: '3', outcome: 'skipped' }],
    [4, { kind: 'run-ended', counts: { passed: 0, failed: 1, errored: 1, skipped: 1 }, interrupted: false }],
  ]);
  const host = { cores: 1, memoryBytes: 1, qemuVersion: text, accelerator: { name: text, reason: text } };
  return [
    runEventSchema.parse({ ...first, runId: text, seed: text, argv: [text], host, campaign }),
    ...others,
  ];
}
