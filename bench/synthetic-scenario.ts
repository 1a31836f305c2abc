import type { NewEvent } from '../reports/index.ts';
import { consoleLines } from './synthetic-console.ts';

/** An event with its time on the run's clock. */
export type TimedEvent = { atMs: number; event: NewEvent };

export interface SyntheticScenario {
  scenarioId: string;
  startMs: number;
  durationMs: number;
  outcome: 'passed' | 'failed' | 'errored';
  /** Of the recording that its machine leaves. */
  castBytes: number;
  random: () => number;
}

const machine = 'alpha';
const powerCycles = 5;
/** With these a run of two hours has twice as many events as Assay's own scenarios leave in that time. */
const commandsInCycle = 6;
const mebibyte = 1024 * 1024;

/** Power cycle by power cycle, in order of time: what scenarios of Assay record, on one machine. */
export function scenarioEvents(scenario: SyntheticScenario): TimedEvent[] {
  const { scenarioId, startMs, durationMs, castBytes } = scenario;
  const story = new Story(scenario);
  story.add({
    kind: 'scenario-started',
    scenarioId,
    name: scenarioId,
    file: `scenarios/${scenarioId}.ts`,
    repeat: 1,
    attempt: 1,
    reproduce: `assay run ${scenarioId} --seed 0badcafe`,
  });
  story.step('the master is cloned for alpha', 'disk', 0.02);
  for (const [what, file, sizeBytes] of [
    ['console-log', 'console.log', 0],
    ['asciicast', 'console.cast', castBytes],
  ] as const) {
    const path = `scenarios/${scenarioId}/${machine}/${file}`;
    story.add({ kind: 'artifact', scenarioId, machine, what, path, sizeBytes });
  }
  for (let cycle = 0; cycle < powerCycles; cycle += 1) {
    addPowerCycle(story, scenario, cycle, 0.95 / powerCycles);
  }
  for (const disk of ['system', 'data']) addDiskMap(story, scenarioId, disk, 'after');
  story.moveTo(startMs + durationMs);
  story.add(endOf(scenario));
  return story.events;
}

/** Adds events at a time that goes on by shares of the scenario's duration. */
class Story {
  readonly events: TimedEvent[] = [];
  readonly #scenario: SyntheticScenario;
  #atMs: number;
  #steps = 0;

  constructor(scenario: SyntheticScenario) {
    this.#scenario = scenario;
    this.#atMs = scenario.startMs;
  }

  add(event: NewEvent): void {
    this.events.push({ atMs: this.#atMs, event });
  }

  moveTo(atMs: number): void {
    this.#atMs = Math.max(this.#atMs, atMs);
  }

  wait(share: number): void {
    this.#atMs += share * this.#scenario.durationMs;
  }

  /** A step that takes this share; `inside` may add what happens meanwhile, and takes its own time. */
  step(
    sentence: string,
    category: 'boot' | 'disk' | 'console' | 'wait' | 'fault',
    share: number,
    inside: (stepId: string) => void = () => {},
    end: Pick<Extract<NewEvent, { kind: 'step-ended' }>, 'outcome' | 'error'> = { outcome: 'passed' },
    parentId?: string,
  ): void {
    const { scenarioId } = this.#scenario;
    this.#steps += 1;
    const stepId = `${scenarioId}.${this.#steps}`;
    this.add({ kind: 'step-started', scenarioId, stepId, parentId, sentence, category, machine });
    this.wait(share);
    inside(stepId);
    this.add({ kind: 'step-ended', scenarioId, stepId, ...end });
  }
}

function addPowerCycle(story: Story, scenario: SyntheticScenario, cycle: number, share: number): void {
  const { scenarioId, outcome, random } = scenario;
  const isLast = cycle === powerCycles - 1;
  const hardware = 'q35, 512 MiB, 1 processor, disks system (virtio), data (virtio), network virtio';
  story.step(`alpha starts and is ready for the ${cycle + 1}. time`, 'boot', share * 0.3, (stepId) => {
    if (cycle === 0) for (const disk of ['system', 'data']) addDiskMap(story, scenarioId, disk, 'before');
    story.add({ kind: 'qmp', scenarioId, machine, name: 'RESUME', data: '{}' });
    story.add({ kind: 'machine-started', scenarioId, stepId, machine, hardware, qemuPid: 29_000 + cycle });
    story.add({ kind: 'power', scenarioId, stepId, machine, action: 'on' });
    for (const stage of ['MBR primary 1/3', 'STAGE keys', 'STATE ready']) {
      story.wait(share * 0.02);
      const text = `ASSAY ${stage}`;
      story.add({ kind: 'console', scenarioId, stepId, machine, port: 'console', marker: 'stage', text });
    }
  });
  for (let command = 0; command < commandsInCycle; command += 1) {
    const parts = { path: `/data/file-${Math.floor(random() * 1000)}`, share: share * 0.04 };
    const isWrong = isLast && outcome === 'failed' && command === commandsInCycle - 1;
    addCommand(story, scenario, parts, isWrong);
  }
  if (cycle === 2) {
    story.step('/usr/bin/busybox in primary-root of alpha is damaged', 'fault', share * 0.02, (stepId) =>
      story.add({
        kind: 'fault',
        scenarioId,
        stepId,
        machine,
        what: 'damaged 4 KiB of /usr/bin/busybox in partition primary-root (random), 4077 bytes changed',
        proof:
          'sha256 of the damaged bytes 1212ad0e423b416b57819e4839e136de before, bb49d4126b809610e0e9d601 after',
      }),
    );
  }
  story.step('alpha is switched off by its power button', 'wait', share * 0.05, (stepId) => {
    story.add({ kind: 'power', scenarioId, stepId, machine, action: 'button' });
    story.add({ kind: 'qmp', scenarioId, machine, name: 'POWERDOWN', data: '{}' });
    story.wait(share * 0.05);
    const data = '{"guest":true,"reason":"guest-shutdown"}';
    story.add({ kind: 'qmp', scenarioId, machine, name: 'SHUTDOWN', data });
    story.add({ kind: 'machine-ended', scenarioId, stepId, machine, how: 'powered-off' });
  });
}

/** A command on the console with what it is checked for. */
function addCommand(
  story: Story,
  scenario: SyntheticScenario,
  { path, share }: { path: string; share: number },
  isWrong: boolean,
): void {
  const { scenarioId } = scenario;
  const what = `${path} is on the disk`;
  const end = isWrong ? ({ outcome: 'failed', error: checkError(scenario) } as const) : undefined;
  story.step(
    `${path} is written and read back`,
    'console',
    share,
    (parentId) => {
      for (const text of [`cat ${path}`, `sha256sum ${path}`]) {
        story.step(
          `alpha runs ${text}`,
          'console',
          share / 2,
          (stepId) => {
            const seen = { scenarioId, stepId, machine, port: 'console' };
            story.add({ kind: 'console', ...seen, marker: 'run', text });
            story.add({ kind: 'console', ...seen, marker: 'match', text: '/@baj22pyq9j4b:0:h:;/' });
          },
          undefined,
          parentId,
        );
      }
      const facts = isWrong ? { expected: '4096', got: '0' } : {};
      story.add({ kind: 'check', scenarioId, stepId: parentId, machine, what, passed: !isWrong, ...facts });
    },
    end,
  );
}

function addDiskMap(story: Story, scenarioId: string, disk: string, when: 'before' | 'after'): void {
  const names = ['boot record', 'emergency-root', 'primary-root', 'settings', 'logs', 'not partitioned'];
  const sizeBytes = 256 * mebibyte;
  const changedBytes = when === 'after' ? { changedBytes: 12 * mebibyte } : {};
  story.add({
    kind: 'disk-map',
    scenarioId,
    machine,
    disk,
    when,
    sizeBytes: names.length * sizeBytes,
    pieceBytes: mebibyte,
    table: 'dos',
    areas: names.map((name, index) => ({
      ...(name.includes('-') ? { number: index } : {}),
      ...{ name, startBytes: index * sizeBytes, sizeBytes, contents: `ext4 "${name}", journal clean` },
      ...changedBytes,
    })),
  });
}

function endOf(scenario: SyntheticScenario): NewEvent {
  const { scenarioId, outcome, random } = scenario;
  if (outcome === 'passed') return { kind: 'scenario-ended', scenarioId, outcome };
  return {
    kind: 'scenario-ended',
    scenarioId,
    outcome,
    error: checkError(scenario),
    reproduce: `assay run ${scenarioId} --seed 0badcafe`,
    evidence: [{ what: 'folder', path: `scenarios/${scenarioId}` }],
    consoleTails: [{ machine, lines: consoleLines(60, random) }],
  };
}

function checkError({ scenarioId, outcome }: SyntheticScenario) {
  const isOfProduct = outcome === 'failed';
  return {
    code: isOfProduct ? 'HARNESS_CHECK_FAILED' : 'VM_QEMU_DIED',
    blame: isOfProduct ? ('product' as const) : ('host' as const),
    message: isOfProduct ? 'the file is on the disk: got 0, expected 4096' : 'QEMU ended by itself',
    remedy: 'look at what the console printed last',
    facts: {
      tried: 'check the size of the file',
      expected: '4096',
      got: '0',
      where: `scenarios/${scenarioId}.ts`,
    },
    stack: Array.from(
      { length: 12 },
      (_, line) => `    at step${line} (scenarios/${scenarioId}.ts:${line}:9)`,
    ).join('\n'),
    source: {
      file: `scenarios/${scenarioId}.ts`,
      line: 15,
      excerpt:
        '  14 |   const size = await unit.sizeOf(path);\n> 15 |   bench.check(`the size`, size, 4096);\n     |         ^',
    },
  };
}
