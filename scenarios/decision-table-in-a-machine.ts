import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import {
  type Bench,
  type RedundantSet,
  type RedundantUnit,
  redundantSet,
  redundantUnit,
  scenario,
} from 'assay';

/** Only looks and decides; nothing is started. */
const logic = `name: look
steps:
  - { name: partition, do: choose-partition, with: { candidates: [system-1, system-2], check: quick } }
`;

const states = ['OK', 'Clean', 'Dirty'] as const;

/** One partition of a cell: its state, and whether its content is what its manifest says. */
interface Column {
  state: (typeof states)[number] | 'unknown';
  integrity: 'intact' | 'damaged' | 'unreadable';
}

interface Cell {
  bootRecord: 'intact' | 'damaged' | 'unreadable';
  columns: readonly [Column, Column];
  recoveries: number;
}

scenario(
  'decision-table-in-a-machine',
  {
    summary:
      'every combination of boot record, integrity, states and recoveries is laid before the medium, which decides as the table says (B2 to B5)',
    tags: ['known-state', 'slow'],
    timeoutMs: 90 * 60_000,
  },
  async (bench) => {
    const set = await redundantSet(bench, { logic });
    const first = await decide(bench, set, 'alpha', {}, allCells());
    const { firstSector } = partitionOf(set, 'system-1');
    const unreadable = columns('intact').map(
      (other): Cell => ({
        bootRecord: 'intact',
        columns: [{ state: 'OK', integrity: 'unreadable' }, other],
        recoveries: 0,
      }),
    );
    const second = await decide(bench, set, 'beta', { system: [firstSector] }, unreadable);
    const third = await decide(bench, set, 'gamma', { system: [0] }, [
      { bootRecord: 'unreadable', columns: [good, good], recoveries: 0 },
    ]);
    bench.measure('cells of the table', first + second + third, 'cells');
  },
);

const good: Column = { state: 'OK', integrity: 'intact' };

function columns(...integrities: Column['integrity'][]): Column[] {
  return integrities.flatMap((integrity) => states.map((state) => ({ state, integrity })));
}

function allCells(): Cell[] {
  const cells: Cell[] = [];
  for (const bootRecord of ['intact', 'damaged'] as const) {
    for (const recoveries of [0, 1, 2]) {
      for (const one of columns('intact', 'damaged')) {
        for (const other of columns('intact', 'damaged')) {
          cells.push({ bootRecord, columns: [one, other], recoveries });
        }
      }
    }
    const unknown: Column = { state: 'unknown', integrity: 'intact' };
    cells.push({ bootRecord, columns: [unknown, unknown], recoveries: 0 });
  }
  return cells;
}

/** The table of docs/logic-file.md, written anew. */
function expectedOf({ bootRecord, columns: [one, other], recoveries }: Cell): string {
  const canStart = ({ state, integrity }: Column) =>
    integrity === 'intact' && (state === 'OK' || state === 'Clean');
  const mayStart = bootRecord === 'intact';
  if (mayStart && canStart(one)) return 'boot system-1';
  if (mayStart && canStart(other)) return 'boot system-2';
  if (recoveries === 0) return 'recover repair';
  return recoveries === 1 ? 'recover rewrite' : 'give-up';
}

/** @returns how many cells were laid before the medium. */
async function decide(
  bench: Bench,
  set: RedundantSet,
  name: string,
  badSectors: Record<string, number[]>,
  cells: readonly Cell[],
): Promise<number> {
  const unit = await redundantUnit(bench, set, name, { badSectors });
  const { console } = await unit.powerOn();
  await unit.says('ASSAY PROMPT');
  const intact = await readIntact(unit, set);
  for (const [index, cell] of cells.entries()) {
    await lay(unit, set, intact, cell);
    const { output } = await console.run('node /opt/assay/reduced.cjs run /medium/assay/script.yaml', {
      timeoutMs: 120_000,
      acceptExitCodes: 'any',
    });
    const said = JSON.parse(/BOOT decision (\{.*\})/.exec(output)?.[1] ?? '{}');
    const got = [said.action, said.partition ?? said.method].filter(Boolean).join(' ');
    const [one, other] = cell.columns.map(({ state, integrity }) => `${integrity} ${state}`);
    const sentence = `record ${cell.bootRecord}, ${one}, ${other}, ${cell.recoveries} recoveries`;
    bench.check(`${index + 1} of ${cells.length}: ${sentence}`, got, expectedOf(cell));
  }
  await unit.cutPower();
  return cells.length;
}

interface Intact {
  bootRecord: Buffer;
  /** The middle of the kernel's first block, of each system partition. */
  content: Record<string, Buffer>;
}

/** Behind the loader's files and before the end of the kernel. */
const damageOffsetBytes = 2 * 1024 * 1024;

async function readIntact(unit: RedundantUnit, set: RedundantSet): Promise<Intact> {
  await using disk = await open(unit.diskPath('system'), 'r');
  const read = async (positionBytes: number) => {
    const bytes = Buffer.alloc(512);
    await disk.read(bytes, 0, bytes.length, positionBytes);
    return bytes;
  };
  const content: Record<string, Buffer> = {};
  for (const name of ['system-1', 'system-2']) {
    content[name] = await read(partitionOf(set, name).firstSector * 512 + damageOffsetBytes);
  }
  return { bootRecord: await read(0), content };
}

/** Writes a cell to the disk of the running machine, which reads it past its cache. */
async function lay(unit: RedundantUnit, set: RedundantSet, intact: Intact, cell: Cell): Promise<void> {
  await using disk = await open(unit.diskPath('system'), 'r+');
  await disk.write(flipped(intact.bootRecord, cell.bootRecord === 'damaged'), 0, 512, 0);
  const [one, other] = cell.columns;
  const text = stateText({ 'system-1': one.state, 'system-2': other.state }, cell.recoveries);
  for (const [name, column] of [['system-1', one] as const, ['system-2', other] as const]) {
    const offsetBytes = partitionOf(set, name).firstSector * 512;
    const { states } = set.configuration.areas[name]!;
    const area = Buffer.alloc(states.lengthBytes, '\n');
    if (column.state !== 'unknown') area.write(text);
    await disk.write(area, 0, area.length, offsetBytes + states.offsetBytes);
    const content = flipped(intact.content[name]!, column.integrity === 'damaged');
    await disk.write(content, 0, content.length, offsetBytes + damageOffsetBytes);
  }
  await disk.sync();
}

function flipped(bytes: Buffer, isWanted: boolean): Buffer {
  return isWanted ? Buffer.from(bytes.map((byte) => byte ^ 0xff)) : bytes;
}

/** A copy of the boot states by their documentation (docs/logic-file.md). */
function stateText(partitions: Record<string, string>, recoveries: number): string {
  const lines = Object.entries(partitions).map(
    ([name, state]) => `${name} ${state} 2026-11-21T08:00:00.000Z laid`,
  );
  const text = ['ASSAY-BOOT-STATES 1', 'sequence 1', `recoveries ${recoveries}`, ...lines, ''].join('\n');
  return `${text}sha256 ${createHash('sha256').update(text).digest('hex')}\n`;
}

function partitionOf(set: RedundantSet, name: string) {
  const found = set.configuration.layout.disks.flatMap(({ partitions }) => partitions);
  return found.find((partition) => partition.name === name)!;
}
