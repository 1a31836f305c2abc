import { z } from 'zod';
import { campaignFacts, drillFacts } from './drill-facts.ts';
import { count, id, name, path, sentence, text, words } from './event-fields.ts';

/**
 * The events of one run, one JSON object per line of `events.jsonl` (design 10, spec H6). Every report is made from
 * them. Times are `atMs`, milliseconds since the run's start on a monotonic clock; only the first event, run-started,
 * carries the wall clock. Every string is bounded: longer ones are cut with a mark when the event is parsed.
 */
export const schemaVersion = 1;

/** Where a step's time is counted in "where the time went". */
export const stepCategories = [
  'build',
  'boot',
  'wait',
  'console',
  'disk',
  'network',
  'fault',
  'check',
  'teardown',
  'other',
] as const;

export const outcomes = ['passed', 'failed', 'errored', 'skipped'] as const;

const errorFields = {
  /** The code of an AssayError, the name of any other error. */
  code: name,
  blame: z.enum(['product', 'usage', 'harness', 'host']),
  message: words,
  remedy: words.optional(),
  facts: z
    .strictObject({
      tried: words.optional(),
      expected: words.optional(),
      got: words.optional(),
      /** Line by line, where both are texts of several lines or structures: `+` was got, `-` was expected. */
      difference: words.optional(),
      where: words.optional(),
    })
    .optional(),
  stack: words.optional(),
  /** The line of the scenario, or of what it imports, that failed; as it was when the file was loaded. */
  source: z
    .strictObject({
      file: path,
      /** Counts from 1. */
      line: z.int().positive(),
      /** That line between its neighbours, numbered, with marks: for a font of fixed width. */
      excerpt: text(2_000),
    })
    .optional(),
};

/** What a thrown value says, made by `describeError`; the first failure, with what lies below and came after it. */
export const eventErrorSchema = z.strictObject({
  ...errorFields,
  related: z
    .array(
      z.strictObject({ relation: z.enum(['caused by', 'followed by', 'together with']), ...errorFields }),
    )
    .overwrite((errors) => errors.slice(0, 12))
    .optional(),
});

const consoleTail = z.strictObject({
  machine: name,
  lines: z.array(text(400)).overwrite((lines) => lines.slice(-60)),
});

const evidence = z.strictObject({ what: sentence, path });

/** Fields of every event. Ids are the runner's: unique in the run, a step's too. */
function event<Kind extends string, Shape extends z.core.$ZodLooseShape>(kind: Kind, shape: Shape) {
  return z.strictObject({
    kind: z.literal(kind),
    atMs: z.number().nonnegative(),
    ...shape,
  });
}

const inScenario = { scenarioId: id.optional(), stepId: id.optional() };
const ofMachine = { ...inScenario, machine: name };

const runStarted = event('run-started', {
  schemaVersion: z.literal(schemaVersion),
  runId: id,
  /** Wall clock, ISO 8601 in UTC. */
  startedAt: z.iso.datetime(),
  argv: z.array(path),
  seed: name,
  timeoutScale: z.number().positive(),
  /** How many scenario attempts are planned, repeats included. */
  plannedScenarios: count.optional(),
  /** The names of the scenarios that were selected, each once: what a runner that dies never came to. */
  selected: z
    .array(name)
    .overwrite((names) => names.slice(0, 10_000))
    .optional(),
  /** Which part of a divided run this is; counts from 1. */
  shard: z.strictObject({ number: z.int().positive(), of: z.int().positive() }).optional(),
  campaign: campaignFacts.optional(),
  assayVersion: name.optional(),
  host: z.strictObject({
    cores: count,
    memoryBytes: count,
    nodeVersion: name.optional(),
    qemuVersion: name.optional(),
    accelerator: z.strictObject({ name, reason: sentence }).optional(),
  }),
});

const scenarioStarted = event('scenario-started', {
  scenarioId: id,
  name,
  file: path,
  /** 1 unless --repeat; counts from 1. */
  repeat: z.int().positive().default(1),
  /** 1 unless a retry of the same repeat; counts from 1. */
  attempt: z.int().positive().default(1),
  /** The command that runs this scenario again, exactly (H7); here already, in case the runner dies. */
  reproduce: words.optional(),
  /** The faults that it runs under. */
  drill: drillFacts.optional(),
});

const scenarioEnded = event('scenario-ended', {
  scenarioId: id,
  outcome: z.enum(outcomes),
  /** Skipped since the run was ended before it began: it says nothing, and is still to be run. */
  neverStarted: z.boolean().optional(),
  /** How long it was held after its failure, for somebody to look at its machines (--pause-on-failure). */
  pausedMs: z.number().nonnegative().optional(),
  /** Why it was skipped, or a sentence on what decided the outcome. */
  reason: words.optional(),
  error: eventErrorSchema.optional(),
  reproduce: words.optional(),
  evidence: z.array(evidence).default([]),
  /** The last console lines of each machine, as they were (unsanitised: renderers do that). */
  consoleTails: z.array(consoleTail).default([]),
});

const stepStarted = event('step-started', {
  scenarioId: id,
  stepId: id,
  parentId: id.optional(),
  sentence,
  category: z.enum(stepCategories).default('other'),
  machine: name.optional(),
});

const stepEnded = event('step-ended', {
  scenarioId: id,
  stepId: id,
  outcome: z.enum(outcomes),
  error: eventErrorSchema.optional(),
});

const machineStarted = event('machine-started', { ...ofMachine, hardware: sentence, qemuPid: count });

const machineEnded = event('machine-ended', {
  ...ofMachine,
  /** `died`: QEMU ended and nobody asked it to. `stopped`: by the harness, in teardown. */
  how: z.enum(['powered-off', 'cut', 'stopped', 'died']),
  detail: sentence.optional(),
});

const power = event('power', { ...ofMachine, action: z.enum(['on', 'button', 'reset', 'cut']) });

const qmp = event('qmp', { ...ofMachine, name, data: words.optional() });

const console = event('console', {
  ...ofMachine,
  port: name.optional(),
  marker: z.enum(['expect', 'match', 'timeout', 'send', 'run', 'stage', 'ready', 'panic', 'flood', 'closed']),
  /** What was waited for, matched, or seen; never the console's bytes, never a password. */
  text: sentence.optional(),
});

/** A file of the run. Of a recording, `atMs` is when its own clock was at zero: so its events stand on the run's clock. */
const artifact = event('artifact', {
  ...inScenario,
  machine: name.optional(),
  what: z.enum(['console-log', 'asciicast', 'disk', 'json', 'log', 'other']),
  path,
  sizeBytes: count,
});

/** One stretch of a disk: a partition, or what lies before, between and after the partitions. */
const diskArea = z.strictObject({
  /** Of a partition its number, logical drives from 5. */
  number: z.int().positive().optional(),
  /** `primary-root`, when a layout names it; else what the disk itself says. */
  name,
  startBytes: count,
  sizeBytes: count,
  /** `ext4 "primary-root", journal clean`; what a tool recognises. */
  contents: sentence,
  /** In `after`: how many bytes lie in pieces that are not what they were in `before`; a multiple of the piece. */
  changedBytes: count.optional(),
});

/** What lay on a disk when a machine was first powered on, and when the scenario had ended. */
const diskMap = event('disk-map', {
  ...ofMachine,
  disk: name,
  when: z.enum(['before', 'after']),
  sizeBytes: count,
  /** How finely changes were looked for; without it the disk was too large to look. */
  pieceBytes: z.int().positive().optional(),
  table: z.enum(['dos', 'gpt', 'none']),
  areas: z.array(diskArea).overwrite((areas) => areas.slice(0, 200)),
});

const fault = event('fault', {
  ...inScenario,
  machine: name.optional(),
  what: sentence,
  /** What shows that the fault happened (design 8); none: the injection is an error of the harness. */
  proof: words.optional(),
});

const check = event('check', {
  ...inScenario,
  machine: name.optional(),
  what: sentence,
  passed: z.boolean(),
  expected: words.optional(),
  got: words.optional(),
  /** As in the facts of an error. */
  difference: words.optional(),
});

const measure = event('measure', { ...inScenario, name, value: z.number(), unit: name });

/** A machine that a drill had hit is well again, so long after the faults were stopped. */
const recovery = event('recovery', { ...ofMachine, durationMs: z.number().nonnegative() });

const note = event('note', {
  ...inScenario,
  machine: name.optional(),
  level: z.enum(['info', 'warning', 'result']).default('info'),
  text: words,
});

const runEnded = event('run-ended', {
  /** Scenarios; flaky ones, which failed or errored first and passed when tried again, are not among the passed. */
  counts: z.strictObject({
    ...{ passed: count, failed: count, errored: count, skipped: count },
    flaky: count.default(0),
  }),
  interrupted: z.boolean(),
  /** What ended the run itself, when it was not its scenarios. */
  error: eventErrorSchema.optional(),
});

export const runEventSchema = z.discriminatedUnion('kind', [
  runStarted,
  scenarioStarted,
  scenarioEnded,
  stepStarted,
  stepEnded,
  machineStarted,
  machineEnded,
  power,
  qmp,
  console,
  artifact,
  diskMap,
  fault,
  check,
  measure,
  recovery,
  note,
  runEnded,
]);

/** One event as it is read back: bounded, defaults filled in. */
export type RunEvent = z.output<typeof runEventSchema>;
export type RunEventKind = RunEvent['kind'];
export type RunEventOf<Kind extends RunEventKind> = Extract<RunEvent, { kind: Kind }>;

type WithoutTime<Event> = Event extends unknown ? Omit<Event, 'atMs'> : never;
type NewEventOf<Kind extends RunEventKind> = WithoutTime<
  Extract<z.input<typeof runEventSchema>, { kind: Kind }>
>;

/** An event as the runner hands it to the log, which adds the time. */
export type NewEvent = { [Kind in Exclude<RunEventKind, 'run-started'>]: NewEventOf<Kind> }[Exclude<
  RunEventKind,
  'run-started'
>];
/** The first event; the log adds kind, schema version and wall clock. */
export type RunFacts = Omit<NewEventOf<'run-started'>, 'kind' | 'schemaVersion' | 'startedAt'>;

export type Outcome = (typeof outcomes)[number];
export type StepCategory = (typeof stepCategories)[number];
export type EventError = z.output<typeof eventErrorSchema>;
