import { readFile } from 'node:fs/promises';
import t from 'tap';
import { type BootFindings, decideBoot, type Integrity, type PartitionFinding } from './decide-boot.ts';

const integrities: Integrity[] = ['intact', 'damaged', 'unreadable'];
const states: PartitionFinding['state'][] = ['OK', 'Clean', 'Dirty', 'unknown'];

function* allPartitions(name: string): Generator<PartitionFinding> {
  for (const bootRecord of integrities) {
    for (const integrity of integrities) {
      for (const state of states) yield { name, bootRecord, integrity, state };
    }
  }
}

/** Every combination of boot record, content and state of two partitions, on one disk or on two. */
function* allFindings(): Generator<BootFindings> {
  for (const first of allPartitions('system-1')) {
    for (const second of allPartitions('system-2')) {
      for (const recoveries of [0, 1, 2, 3]) yield { partitions: [first, second], recoveries };
    }
  }
}

/** What the documentation calls good, in its own words. */
function quality({ bootRecord, integrity, state }: PartitionFinding): 'good' | 'bad' {
  if (bootRecord !== 'intact' || integrity !== 'intact') return 'bad';
  return ['OK', 'Clean'].includes(state) ? 'good' : 'bad';
}

interface Row {
  cells: string[];
  decision: string;
}

async function rowsOfPage(): Promise<Row[]> {
  const page = await readFile('docs/logic-file.md', 'utf8');
  const [, table] = /\n\| a boot record is damaged \|.*\n\|[-|]+\|\n((?:\|.*\n)+)/.exec(page)!;
  return table!
    .trim()
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .map((cells) => ({ cells: cells.slice(0, -1), decision: cells.at(-1)! }));
}

function matches({ cells }: Row, { partitions, recoveries }: BootFindings): boolean {
  const isDamaged = partitions.some(({ bootRecord }) => bootRecord === 'damaged') ? 'yes' : 'no';
  const count = recoveries >= 2 ? '2 or more' : String(recoveries);
  const found = [isDamaged, ...partitions.map(quality), count];
  return cells.every((cell, index) => cell === 'any' || cell === found[index]);
}

/** A decision in the words of the table. */
function inWords(findings: BootFindings): string {
  const decision = decideBoot(findings);
  switch (decision.action) {
    case 'boot': {
      const dirty = decision.dirty.map((name) => `, ${name} is Dirty`).join('');
      return `start ${decision.partition}${dirty}`;
    }
    case 'recover':
      return `${decision.method} ${decision.partitions.join(', ')}`;
    case 'give-up':
      return 'give up';
  }
}

t.test('every combination has one row in the documentation, and it says what is decided', async (t) => {
  const rows = await rowsOfPage();
  t.equal(rows.length, 13);
  const used = new Set<Row>();
  let count = 0;
  for (const findings of allFindings()) {
    count += 1;
    const fitting = rows.filter((row) => matches(row, findings));
    const words = JSON.stringify(findings);
    if (fitting.length !== 1) t.fail(`${fitting.length} rows fit ${words}`);
    else if (fitting[0]!.decision !== inWords(findings)) t.fail(`${words}: ${inWords(findings)}`);
    for (const row of fitting) used.add(row);
  }
  t.equal(count, 36 * 36 * 4);
  t.equal(used.size, rows.length, 'no row is about what cannot be');
});

t.test('what holds for every combination', async (t) => {
  let started = 0;
  for (const findings of allFindings()) {
    const decision = decideBoot(findings);
    const names = findings.partitions.map(({ name }) => name);
    const good = findings.partitions.filter((one) => quality(one) === 'good').map(({ name }) => name);
    const words = JSON.stringify(findings);
    if (decision.action === 'boot') started += 1;
    if (decision.reason === '') t.fail(`no reason: ${words}`);
    // Nothing that is not verified or whose last start failed is ever started.
    if (decision.action === 'boot' && !good.includes(decision.partition))
      t.fail(`starts a bad one: ${words}`);
    // A good partition is neither marked Dirty nor written over.
    const touched = [...decision.dirty, ...(decision.action === 'recover' ? decision.partitions : [])];
    if (touched.some((name) => good.includes(name))) t.fail(`touches a good one: ${words}`);
    // As long as there is a good one, the machine is not given up.
    if (decision.action === 'give-up' && good.length > 0) t.fail(`given up: ${words}`);
    if (decision.action === 'give-up' && findings.recoveries < 2) t.fail(`given up too early: ${words}`);
    // Where nothing starts, everything that is bad is marked before.
    const bad = names.filter((name) => !good.includes(name));
    if (decision.action !== 'boot' && bad.join() !== decision.dirty.join()) t.fail(`not marked: ${words}`);
  }
  t.ok(started > 100, `${started} of them start something`);
});

t.test('reasons are for people', async (t) => {
  const whole = { bootRecord: 'intact', integrity: 'intact', state: 'OK' } as const;
  const reasonOf = (...partitions: Partial<PartitionFinding>[]) =>
    decideBoot({
      partitions: partitions.map((one, index) => ({ name: `system-${index + 1}`, ...whole, ...one })),
      recoveries: 0,
    }).reason;
  t.equal(reasonOf({}), 'system-1 is OK');
  t.equal(reasonOf({ integrity: 'damaged' }, {}), 'system-1 is damaged');
  t.equal(
    reasonOf({ state: 'Dirty' }, { bootRecord: 'unreadable' }, {}),
    'system-1 is Dirty; the boot record before system-2 is unreadable',
  );
  t.equal(reasonOf(), 'there is no system partition');
});
