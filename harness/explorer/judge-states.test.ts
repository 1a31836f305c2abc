import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../foundation/index.ts';
import { exploreStates } from './explore-states.ts';
import { fileSystemsJudge, filesJudge, partitionTableJudge } from './fast-witnesses.ts';
import { sha256 } from './fixtures/naive-states.ts';
import { type Judge, type JudgedState, judgeStates, uniformBound } from './judge-states.ts';
import { SyntheticLog } from './synthetic-log.ts';
import { readWriteHistory } from './write-history.ts';

const sectors = 40_960;
const partition = { firstSector: 2048, sectorCount: 16_384 };
const fatPartition = { firstSector: 20_480, sectorCount: 16_384 };
const texts = ['the old version\n', 'the new version\n'] as const;

/** A disk with ext4 and FAT, and what a writer did to it: the table, a block of ext4, a file replaced in one sector. */
async function writtenDisk(folder: string) {
  const [basePath, tree] = [join(folder, 'base.raw'), join(folder, 'file')];
  await writeFile(basePath, Buffer.alloc(0));
  await runTool('truncate', ['-s', String(sectors * 512), basePath]);
  const table = [partition, fatPartition].map(
    ({ firstSector, sectorCount }, index) => `${firstSector},${sectorCount},${index === 0 ? 83 : 'e'}`,
  );
  await runTool('sfdisk', ['-q', basePath], { input: `label: dos\n${table.join('\n')}\n` });
  await writeFile(tree, texts[0]);
  const blocks = ['-b', '4096', '-E', `offset=${partition.firstSector * 512}`];
  await runTool('mke2fs', ['-q', '-F', '-t', 'ext4', ...blocks, basePath, '8M']);
  const image = `${basePath}?offset=${partition.firstSector * 512}`;
  await runTool('debugfs', ['-w', '-R', `write ${tree} file`, image]);
  await runTool('mkfs.fat', ['--offset', String(fatPartition.firstSector), basePath, '8192']);
  const disk = await readFile(basePath);
  const fileSector = await ext4Sector(image, 'blocks /file');
  const changed = Buffer.from(disk.subarray(fileSector * 512, fileSector * 512 + 512));
  changed.write(texts[1]);
  const folderSector = await ext4Sector(image, 'blocks /lost+found');
  const folderBlock = disk.subarray(...bytesOf(folderSector));
  // A block that is in use by nobody, with checksums that are right, as a cut may leave it without a journal.
  await copyFile(basePath, join(folder, 'lost-block'));
  const lostBlockImage = `${join(folder, 'lost-block')}?offset=${partition.firstSector * 512}`;
  await runTool('debugfs', ['-w', '-R', 'setb 1500', lostBlockImage]);
  const lostBlock = await readFile(join(folder, 'lost-block'));
  const log = new SyntheticLog()
    .write(fileSector, changed)
    .flush()
    .write(0, Buffer.alloc(512))
    .write(0, disk.subarray(0, 512))
    .flush()
    // Block 1 of ext4 with blocks of 4 KiB holds the group descriptors.
    .write(partition.firstSector + 8, Buffer.alloc(4096, 0xee))
    .flush()
    .write(partition.firstSector + 8, disk.subarray(...bytesOf(partition.firstSector + 8)))
    .write(folderSector, Buffer.alloc(4096, 0xee))
    .flush()
    .write(folderSector, folderBlock)
    .write(
      partition.firstSector,
      lostBlock.subarray(partition.firstSector * 512, fatPartition.firstSector * 512),
    )
    .flush()
    .write(fatPartition.firstSector + 1, Buffer.alloc(512 * 64, 0xff))
    .flush()
    .write(fatPartition.firstSector, Buffer.alloc(512 * 64, 0xff));
  await writeFile(join(folder, 'log'), log.toBuffer());
  return readWriteHistory(basePath, join(folder, 'log'));
}

/** The first sector of a file's first block. */
async function ext4Sector(image: string, command: string): Promise<number> {
  const { stdout } = await runTool('debugfs', ['-R', command, image]);
  return partition.firstSector + Number(/^(\d+)/.exec(stdout)![1]) * 8;
}

/** Where a block of 4 KiB lies in the file. */
function bytesOf(sector: number): [number, number] {
  return [sector * 512, sector * 512 + 4096];
}

t.test('fast witnesses', async (t) => {
  const exploration = exploreStates(await writtenDisk(t.testdir()), { uniformDraws: 0 });
  const file = { partition: 1, path: '/file', sha256: texts.map((text) => sha256(Buffer.from(text))) };
  const judged = new Map<string, JudgedState>();
  const verdict = await judgeStates(exploration, {
    judges: [partitionTableJudge, fileSystemsJudge([1]), filesJudge([file])],
    onJudged: (state) => judged.set(state.identity, state),
  });
  const outcomes = (identity: string) => judged.get(identity)?.verdicts.map(({ outcome }) => outcome);
  t.same(outcomes('1:lost=0'), ['sound', 'sound', 'sound'], 'the base image');
  t.same(outcomes('4:lost=3'), ['damaged', 'sound', 'sound'], 'no partition table');
  t.same(outcomes('12:lost=11'), ['sound', 'sound', 'sound'], 'what was destroyed was put right again');
  t.same(outcomes('9:lost=7')?.[1], 'damaged', 'the group descriptors are destroyed');
  t.same(outcomes('12:lost=10-11'), ['sound', 'damaged', 'sound'], 'a folder is destroyed');
  t.match(judged.get('12:lost=10-11')?.verdicts[1]?.report, 'directory corrupted', 'in the words of e2fsck');
  t.same(outcomes('14:lost=13'), ['sound', 'mended', 'sound'], 'a block is lost, which every boot mends');
  t.equal(verdict.judgedCount, exploration.distinctCount);
  const fat = await judgeStates(exploration, { judges: [fileSystemsJudge([2])] });
  const failed = fat.failures.map(({ identity }) => identity);
  t.ok(failed.includes('16:lost=15'), 'FAT, by fsck.fat');
  t.ok(failed.includes('16'), 'a file system that was there and is not any more');
  const only = await judgeStates(exploration, {
    judges: [filesJudge([{ ...file, sha256: [file.sha256[0]!] }])],
  });
  t.ok(
    only.failures.some(({ verdicts }) => /\/file of partition 1 has/.test(verdicts[0]?.report ?? '')),
    'a version that is not declared',
  );
  const absent = await judgeStates(exploration, {
    judges: [filesJudge([{ ...file, path: '/nothing' }])],
    maxFailures: 1,
  });
  t.equal(absent.failures.length, 1);
  t.equal(absent.judgedCount, 1, 'it ends when enough has failed');
});

t.test('what the uniform draws say', async (t) => {
  const folder = t.testdir();
  await writeFile(join(folder, 'base'), Buffer.alloc(8192));
  const log = new SyntheticLog().write(0, Buffer.alloc(512, 1)).write(1, Buffer.alloc(512, 1));
  await writeFile(join(folder, 'log'), log.toBuffer());
  const history = await readWriteHistory(join(folder, 'base'), join(folder, 'log'));
  const exploration = exploreStates(history, { uniformDraws: 200 });
  const second: Judge = async ({ path }) => ({
    judge: 'order',
    outcome: (await readFile(path)).subarray(0, 1024).equals(Buffer.from([...zeros, ...ones]))
      ? 'damaged'
      : 'sound',
  });
  const { uniform, failures } = await judgeStates(exploration, { judges: [second] });
  t.same(
    failures.map(({ identity }) => identity),
    ['2:lost=0'],
  );
  const { uniformDraws } = exploration.state(failures[0]!.explored.number);
  t.match(uniform, { draws: 200, failures: uniformDraws }, 'a state counts as often as it was drawn');
  const none = await judgeStates(exploration, { judges: [second], budgetMs: 0 });
  t.match(none, { judgedCount: 0, uniform: { draws: 0, below: 1 } }, 'without time nothing is claimed');
  await t.rejects(
    judgeStates(exploration, { judges: [() => Promise.reject(new Error('broken'))] }),
    /broken/,
  );
});

const zeros = Buffer.alloc(512);
const ones = Buffer.alloc(512, 1);

t.test('what was tested because it had been chosen is no sample', async (t) => {
  const bound = (drawn: number[], failed: number[], tested: number[], chosen: number[]) =>
    uniformBound(drawn, new Map(tested.map((number) => [number, failed.includes(number)])), new Set(chosen));
  t.match(bound([1, 2, 3, 4], [], [1, 2], [1, 2]), { draws: 0, below: 1 }, 'no turn has come');
  t.match(bound([1, 5, 2, 3], [5], [1, 5, 2], [1, 2]), { draws: 2, failures: 1 }, 'up to the last turn');
  t.match(bound([1, 5, 2], [], [1, 5, 2], [1, 2]), { draws: 3 }, 'all of them');
  t.match(bound([3, 1], [], [1], [1]), { draws: 0 });
});

t.test(
  'of a span speak the draws of its own cuts, and not what earlier ones have in common with it',
  async (t) => {
    const folder = t.testdir();
    await writeFile(join(folder, 'base'), Buffer.alloc(8192));
    const log = new SyntheticLog().write(0, Buffer.alloc(512, 1)).write(1, Buffer.alloc(512, 1));
    await writeFile(join(folder, 'log'), log.toBuffer());
    const history = await readWriteHistory(join(folder, 'base'), join(folder, 'log'));
    const exploration = exploreStates(history, { uniformDraws: 300 });
    const sound: Judge = async () => ({ judge: 'all', outcome: 'sound' });
    const { uniform } = await judgeStates(exploration, { judges: [sound], fromPoint: 2 });
    t.ok(uniform.draws > 70 && uniform.draws < 130, `${uniform.draws}: of three cuts one is of the span`);
  },
);
