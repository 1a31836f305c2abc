import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../foundation/index.ts';
import type { JudgedDisk } from '../explorer/judged-disk.ts';
import { inspectDisk } from '../witness/index.ts';
import { redundantExploration } from './redundant-exploration.ts';

const began = 'did not finish booting';
const mebibyte = 1024 ** 2;
const ready = { position: 700, label: 'ASSAY READY {"system":"system-1"}' };
const start = { position: 900, label: 'ASSAY SCRIPT started boot-to-a-known-state' };

/** A disk with two small partitions, a system image in each. */
async function disk(folder: string): Promise<string> {
  const path = join(folder, 'disk.raw');
  await writeFile(path, '');
  await truncate(path, 9 * mebibyte);
  const table = 'label: dos\nstart=2048, size=8192\nstart=10240, size=8192\n';
  await writeFile(join(folder, 'table'), table);
  await runTool('sh', ['-c', `sfdisk -q ${path} <${join(folder, 'table')}`]);
  for (const start of [1, 5]) {
    const places = ['-E', `offset=${start * mebibyte}`];
    await runTool('mke2fs', ['-q', '-t', 'ext2', ...places, '-d', join(folder, 'content'), path, '4096k']);
  }
  return path;
}

/** Boot states of both partitions, as a disk before its judges. */
function withStates(state: 'Clean' | 'Dirty', reason: string, acknowledged: readonly (typeof ready)[]) {
  const value = (sequence: number, state: string, reason: string) => ({
    copies: ['the checksum is wrong'],
    value: sequence === 0 ? null : { sequence, partitions: { 'system-1': { state, reason } } },
  });
  const held: Record<number, ReturnType<typeof value>> = {
    1: value(7, state, reason),
    2: value(6, 'Dirty', began),
  };
  const fileSystem = async (number: number) => ({ bootStates: async () => held[number] });
  return { held, judged: { acknowledged, fileSystem } as unknown as JudgedDisk };
}

t.test('what a power cut may leave of boot states and images', async (t) => {
  const folder = t.testdir({
    content: { 'root.squashfs': 'x'.repeat(9000), 'bstate.txt': 'y'.repeat(8192) },
  });
  const basePath = await disk(folder);
  const systemPartitions = [
    { name: 'system-1', number: 1 },
    { name: 'system-2', number: 2 },
  ];
  const { judges, acknowledgements } = redundantExploration([
    { name: 'system', path: basePath, systemPartitions },
  ]);
  for (const { label } of [ready, start]) {
    t.ok(
      acknowledgements!.some((pattern) => pattern.test(label)),
      label,
    );
  }
  const [, , states, images] = await judges!({ name: 'system', basePath });

  const outcomeOf = async (...given: Parameters<typeof withStates>) =>
    (await states!(withStates(...given).judged)).outcome;
  t.equal(await outcomeOf('Dirty', began, []), 'sound', 'nothing was promised');
  t.equal(await outcomeOf('Clean', '', [ready]), 'sound', 'the newest states count');
  t.equal(await outcomeOf('Dirty', began, [ready]), 'lost');
  t.equal(await outcomeOf('Dirty', began, [ready, start]), 'sound', 'it has started anew since');
  t.equal(
    await outcomeOf('Dirty', 'the application has ended', [ready]),
    'sound',
    'it was up, and has failed',
  );
  const { held, judged } = withStates('Clean', '', []);
  held[2]!.value = null;
  t.match(await states!(judged), { outcome: 'damaged', report: /system-2: the checksum is wrong/ });

  await using inspected = await inspectDisk(basePath);
  const partition = await inspected.partition(2);
  const sectorOf = async (path: string) => (await partition.locate(path))[0]!.offsetBytes / 512;
  const changed = async (sector: number) => images!({ changedSectors: [sector] } as unknown as JudgedDisk);
  t.match(await changed(await sectorOf('/bstate.txt')), { outcome: 'sound' });
  t.match(await changed(await sectorOf('/root.squashfs')), {
    outcome: 'damaged',
    report: '/root.squashfs of system-2 was written to',
  });
});
