import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../foundation/index.ts';
import { exploreStates } from './explore-states.ts';
import { naiveState, randomRequests, writeFiles } from './fixtures/naive-states.ts';
import { StateDisk } from './state-disk.ts';
import { readWriteHistory } from './write-history.ts';
import { writeState } from './write-state.ts';

t.test('states as disks', async (t) => {
  for (let seed = 1; seed <= 6; seed += 1) {
    const folder = t.testdir();
    // Larger than what one table of a qcow2 image reaches, and not a round number of its clusters' tables.
    const { base, requests } = randomRequests(seed, { sectorCount: 64 * 3 + 5, requestCount: 40 });
    const { basePath, logPath } = await writeFiles(folder, base, requests);
    const history = await readWriteHistory(basePath, logPath);
    const exploration = exploreStates(history, { uniformDraws: 100, seed });
    await using disk = await StateDisk.create(history, join(folder, 'moving.raw'));
    for (let number = 0; number < exploration.distinctCount; number += 1) {
      const { state } = exploration.state(number);
      const { point, dropped, tornSectors } = state;
      const naive = naiveState(
        base,
        requests.slice(0, point),
        (index) => !dropped.includes(index),
        tornSectors,
      );
      await disk.become(state);
      t.ok((await readFile(disk.path)).equals(naive), `seed ${seed}, state ${number}: moving disk`);
      if (number % 9 !== 0) continue;
      const [raw, overlay, seen] = [`raw-${number}`, `overlay-${number}`, `seen-${number}`].map((name) =>
        join(folder, name),
      ) as [string, string, string];
      await writeState(history, state, raw);
      t.ok((await readFile(raw)).equals(naive), `seed ${seed}, state ${number}: raw`);
      await writeState(history, state, overlay, { format: 'qcow2' });
      await runTool('qemu-img', ['check', '-f', 'qcow2', overlay]);
      await runTool('qemu-img', ['convert', '-f', 'qcow2', '-O', 'raw', overlay, seen]);
      t.ok((await readFile(seen)).equals(naive), `seed ${seed}, state ${number}: qcow2`);
    }
    t.ok((await readFile(basePath)).equals(base), 'the base image is as it was');
    await t.rejects(
      writeState(history, { point: 3, dropped: [] }, join(folder, 'raw-0'), { format: 'qcow2' }),
      {
        code: 'EXPLORER_STATE_NOT_WRITTEN',
      },
    );
  }
});

t.test('an overlay of a large disk, with many sectors', async (t) => {
  const folder = t.testdir();
  const base = Buffer.alloc(64 * 1024 ** 2);
  const data = Buffer.alloc(700 * 512, 5);
  const requests = [0, 3, 70_001].map((firstSector) => ({
    kind: 'write' as const,
    firstSector,
    data,
    isFua: false,
  }));
  const { basePath, logPath } = await writeFiles(folder, base, requests);
  const history = await readWriteHistory(basePath, logPath);
  const overlay = join(folder, 'overlay');
  await writeState(history, { point: 3, dropped: [1] }, overlay, { format: 'qcow2' });
  await runTool('qemu-img', ['check', '-f', 'qcow2', overlay]);
  await writeState(history, { point: 3, dropped: [1] }, join(folder, 'raw'));
  const { stdout } = await runTool('qemu-img', [
    'compare',
    '-f',
    'qcow2',
    '-F',
    'raw',
    overlay,
    join(folder, 'raw'),
  ]);
  t.match(stdout, 'identical');
  await runTool('qemu-io', ['-f', 'qcow2', '-c', 'write -P 9 8k 64k', overlay]);
  await runTool('qemu-img', ['check', '-f', 'qcow2', overlay]);
  t.ok(
    (await readFile(basePath)).equals(base),
    'a machine that writes to it leaves the base image as it was',
  );
});

t.test('states that no cut leaves are refused', async (t) => {
  const folder = t.testdir();
  const data = Buffer.alloc(1024, 1);
  const write = { kind: 'write' as const, firstSector: 0, data, isFua: false };
  const requests = [write, { kind: 'flush' as const }, write, { ...write, isFua: true }];
  const { basePath, logPath } = await writeFiles(folder, Buffer.alloc(4096), requests);
  const history = await readWriteHistory(basePath, logPath);
  const refused = { code: 'EXPLORER_STATE_INVALID' };
  const make = (state: Parameters<typeof writeState>[1], name: string) =>
    writeState(history, state, join(folder, name));
  await t.rejects(make({ point: 5, dropped: [] }, 'a'), refused, 'there is no such point');
  await t.rejects(make({ point: 3, dropped: [0] }, 'b'), refused, 'it was flushed');
  await t.rejects(make({ point: 4, dropped: [3] }, 'c'), refused, 'it is durable by itself');
  await t.rejects(make({ point: 1, dropped: [2] }, 'd'), refused, 'it was written later');
  await t.rejects(make({ point: 0, dropped: [0] }, 'h'), refused, 'also of the same epoch');
  await t.rejects(make({ point: 2, dropped: [], tornSectors: 1 }, 'e'), refused, 'a flush is not torn');
  await t.rejects(make({ point: 3, dropped: [], tornSectors: 2 }, 'f'), refused, 'it is complete');
  await make({ point: 4, dropped: [2], tornSectors: 1 }, 'g');
});
