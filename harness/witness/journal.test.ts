import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../foundation/index.ts';
import { makeSmallDisk, sha256Of, smallDisk } from './fixtures/small-disk.ts';
import { inspectDisk } from './index.ts';

t.test('a dirty journal is told, and replayed on a copy when asked', async (t) => {
  const folder = t.testdir({});
  const path = await makeSmallDisk(folder);
  const image = `${path}?offset=${smallDisk.root.firstSector * 512}`;
  // The journal holds a new content of the block in which `hostname` lies, as after a power cut.
  const { stdout } = await runTool('debugfs', ['-R', 'blocks /etc/hostname', image]);
  const block = join(folder, 'block');
  await writeFile(block, Buffer.concat([Buffer.from('later\n'), Buffer.alloc(1018)]));
  const commands = ['jo', `jw -b ${stdout.trim()} ${block}`, 'jc'];
  await runTool('debugfs', ['-w', '-f', '-', image], { input: `${commands.join('\n')}\n` });
  const before = await sha256Of(path);

  {
    await using disk = await inspectDisk(path, { scratchFolder: folder });
    const partition = await disk.partition(2);
    t.match(await partition.fileSystem(), { kind: 'ext4', journal: 'dirty' });
    t.match(await partition.check(), { isSound: true, journal: 'dirty' });
    const dirty = { code: 'WITNESS_JOURNAL_DIRTY', blame: 'harness' };
    await t.rejects(partition.readText('/etc/hostname'), dirty);
    await t.rejects(partition.tree(), dirty);
    const replayed = await partition.withJournalReplayed();
    t.match(await replayed.fileSystem(), { journal: 'clean', uuid: smallDisk.rootUuid });
    t.equal(await replayed.readText('/etc/hostname'), 'later\n');
    t.match(await replayed.check(), { isSound: true, journal: 'clean' });
    t.match(await replayed.find(['later\n']), { length: 2 }, 'in the journal, and in its place');
    t.equal((await replayed.find(['later\n']))[0]!.place.name, 'partition 2');
    t.equal((await partition.find(['later\n'])).length, 1, 'the original keeps it in the journal alone');
    t.equal((await replayed.tree()).length, 11);
    await t.rejects((await disk.partition(1)).withJournalReplayed(), {
      code: 'WITNESS_FILE_SYSTEM_UNREADABLE',
    });
  }
  t.equal(await sha256Of(path), before);
});

t.test('e2fsck is not let near a journal on another disk', async (t) => {
  const folder = t.testdir({});
  const path = await makeSmallDisk(folder);
  const image = `${path}?offset=${smallDisk.root.firstSector * 512}`;
  await runTool('debugfs', ['-w', '-R', 'ssv journal_uuid 08000000-0000-4000-8000-000000000000', image]);
  await using disk = await inspectDisk(path, { scratchFolder: folder });
  const partition = await disk.partition(2);
  t.match(await partition.check(), { isSound: false, report: /journal on another disk/ });
  await t.rejects(partition.withJournalReplayed(), {
    code: 'WITNESS_FILE_SYSTEM_UNREADABLE',
    message: /journal on another disk/,
  });
});
