import t from 'tap';
import type { TreeNode } from '../resolve/tree-draft.ts';
import { writeCpio } from './cpio.ts';

const nodes: [string, TreeNode][] = [
  ['/dev', { kind: 'directory', mode: 0o755, component: 'a' }],
  [
    '/dev/console',
    { kind: 'device', deviceType: 'character', major: 5, minor: 1, mode: 0o600, component: 'a' },
  ],
  ['/init', { kind: 'file', content: Buffer.from('hello'), mode: 0o755, component: 'a' }],
  ['/sh', { kind: 'symlink', target: 'init', mode: 0o777, component: 'a' }],
];

/** Reads an archive by the kernel's description of the format, anew. */
function readArchive(archive: Buffer): { name: string; fields: number[]; content: string }[] {
  const records = [];
  for (let offset = 0; offset < archive.length; ) {
    const header = archive.toString('latin1', offset, offset + 110);
    if (!header.startsWith('070701')) throw new Error(`no record at ${offset}`);
    const fields = Array.from({ length: 13 }, (_, index) =>
      Number.parseInt(header.slice(6 + index * 8, 14 + index * 8), 16),
    );
    const nameEnd = offset + 110 + fields[11]!;
    const contentStart = Math.ceil(nameEnd / 4) * 4;
    const contentEnd = contentStart + fields[6]!;
    const name = archive.toString('latin1', offset + 110, nameEnd - 1);
    records.push({ name, fields, content: archive.toString('latin1', contentStart, contentEnd) });
    offset = Math.ceil(contentEnd / 4) * 4;
  }
  return records;
}

t.test('every entry is written with its type, mode and content, and the archive is ended', async (t) => {
  const records = readArchive(await writeCpio(nodes));
  t.same(
    records.map((record) => [record.name, record.fields[1]!.toString(8), record.content]),
    [
      ['dev', '40755', ''],
      ['dev/console', '20600', ''],
      ['init', '100755', 'hello'],
      ['sh', '120777', 'init'],
      ['TRAILER!!!', '0', ''],
    ],
  );
  t.same(records[1]!.fields.slice(9, 11), [5, 1]);
});

t.test('owners and times are zero and inode numbers count up', async (t) => {
  const records = readArchive(await writeCpio(nodes));
  t.same(
    records.map((record) => record.fields[0]),
    [1, 2, 3, 4, 0],
  );
  for (const { fields } of records) t.same([fields[2], fields[3], fields[5]], [0, 0, 0]);
});

t.test('the same tree gives the same bytes', async (t) => {
  t.ok((await writeCpio(nodes)).equals(await writeCpio(nodes)));
});
