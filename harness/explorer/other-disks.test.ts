import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { OtherDisks } from './other-disks.ts';
import { type Recording, readRecording, writeRecording } from './recording.ts';
import { SyntheticLog } from './synthetic-log.ts';
import { readWriteHistory } from './write-history.ts';

const sector = Buffer.alloc(512, 7);

/** Two disks of four sectors, three writes to the first and two to the second; a third that cannot be recorded. */
async function recorded(t: Test, sightings: number[][]) {
  const folder = t.testdir({});
  const logs = { system: new SyntheticLog(), data: new SyntheticLog() };
  for (const number of [0, 1, 2]) logs.system.write(number, sector);
  for (const number of [0, 1]) logs.data.write(number, sector);
  const disks: Recording['disks'] = [];
  for (const [name, log] of Object.entries(logs)) {
    const [basePath, logPath] = [join(folder, `${name}.raw`), join(folder, `${name}.log`)];
    await writeFile(basePath, Buffer.alloc(2048));
    await writeFile(logPath, log.toBuffer());
    disks.push({ name, basePath, logPath });
  }
  disks.push({ name: 'archive', basePath: join(folder, 'data.raw') });
  const recording: Recording = {
    ...{ version: 1, scenario: 's', machine: 'alpha', disk: 'system', powerOn: 1, disks, sightings },
    ...{ fromBytes: 0, toBytes: 4000, acknowledgements: [{ position: 512, label: 'ASSAY READY' }] },
  };
  const others = await OtherDisks.read(
    recording,
    await readWriteHistory(disks[0]!.basePath, disks[0]!.logPath!),
  );
  const pointsAt = (point: number) =>
    others.at(point).map((way) => Object.fromEntries(way.map(({ name, state }) => [name, state.point])));
  return { folder, recording, others, pointsAt };
}

// An entry and its sector are 1024 bytes, behind the first sector of the log.
const sizeAfter = (entries: number) => 512 + entries * 1024;

t.test('how far the other disks were at a cut', async (t) => {
  const { pointsAt, others } = await recorded(t, [
    [sizeAfter(0), sizeAfter(0), 0],
    [sizeAfter(1), sizeAfter(1), 0],
    [sizeAfter(3), sizeAfter(2), 0],
  ]);
  t.same(pointsAt(0), [{ data: 0, archive: 0 }]);
  t.same(pointsAt(1), [{ data: 1, archive: 0 }], 'seen together');
  t.same(
    pointsAt(2),
    [
      { data: 2, archive: 0 },
      { data: 1, archive: 0 },
    ],
    'between two sightings: both ways, the later one first',
  );
  t.same(pointsAt(3), [{ data: 2, archive: 0 }]);
  t.same(others.unrecorded, ['archive']);
});

t.test('where the other disks did not change meanwhile, there is one way', async (t) => {
  const { pointsAt } = await recorded(t, [
    [sizeAfter(1), sizeAfter(1), 0],
    [sizeAfter(3), sizeAfter(1), 0],
  ]);
  t.same(pointsAt(2), [{ data: 1, archive: 0 }]);
});

t.test('a recording is read as it was written, and one that is gone is said', async (t) => {
  const { folder, recording } = await recorded(t, [[512, 512, 0]]);
  await writeRecording(folder, recording);
  t.same(await readRecording(folder), recording);
  await t.rejects(readRecording(join(folder, 'nowhere')), { code: 'EXPLORER_RECORDING_UNREADABLE' });
  await writeFile(join(folder, 'recording.json'), '{}');
  await t.rejects(readRecording(folder), { code: 'EXPLORER_RECORDING_UNREADABLE' });
});
