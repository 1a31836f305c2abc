import { open, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { encodeRecord } from '../../core/records/record-format.ts';
import type { JudgedDisk } from '../explorer/judged-disk.ts';
import { layoutFile } from './build-template.ts';
import { unitExploration } from './unit-exploration.ts';

const licence = encodeRecord('licence', 1, Buffer.from('{"level":"home"}'));
const signature = encodeRecord('signature', 1, Buffer.from('{"systemId":"1"}'));
const ready = { position: 1, label: 'ASSAY READY {"systemId":"1"}' };

async function imageWith(path: string, sectors: Record<number, Buffer>): Promise<string> {
  await writeFile(path, '');
  await truncate(path, 1024 ** 2);
  await using file = await open(path, 'r+');
  for (const [sector, bytes] of Object.entries(sectors)) {
    await file.write(bytes, 0, 512, Number(sector) * 512);
  }
  return path;
}

t.test('records may be empty where they were, and are lost where they were not', async (t) => {
  const folder = t.testdir({});
  const basePath = await imageWith(join(folder, 'base'), { 128: licence, 136: licence });
  const { judges } = unitExploration(layoutFile('headless'));
  const records = (await judges!({ name: 'system', basePath })).at(-1)!;
  const judged = async (sectors: Record<number, Buffer>, acknowledged = [] as (typeof ready)[]) => {
    const path = await imageWith(join(folder, 'state'), sectors);
    return await records({ path, acknowledged } as unknown as JudgedDisk);
  };
  const rubbish = Buffer.alloc(512, 0xee);
  const ofLicence = { 128: licence, 136: licence };
  t.match(await judged(ofLicence), { outcome: 'sound' });
  t.match(await judged({ 128: licence, 136: rubbish }), { outcome: 'sound' }, 'one copy is enough');
  t.match(await judged({}), { judge: 'record licence', outcome: 'lost' });
  t.match(await judged({ 128: rubbish, 136: rubbish }), { judge: 'record licence', outcome: 'lost' });
  t.match(await judged({ ...ofLicence, 64: rubbish, 72: rubbish }), {
    judge: 'record signature',
    outcome: 'damaged',
  });
  t.match(await judged(ofLicence, [ready]), { judge: 'record signature', outcome: 'lost' });
  t.match(await judged({ ...ofLicence, 64: signature, 72: signature }, [ready]), { outcome: 'sound' });
});
