import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import t from 'tap';
import { durabilitySteps } from './durability-steps.ts';

const root = join(import.meta.dirname, '..', '..');

/** What makes something durable, wherever it stands. */
const syncing =
  /\.(?:sync|syncSync|datasync|fsync\w*|fdatasync\w*)\(|\bf(?:data)?syncSync\(|\bsyncFolder\(|'sync'|^\s*(?:busybox )?sync\s*$|flush: true|\bO_D?SYNC\b/gm;

/** The same outside of the table, and why. */
const exempt: Readonly<Record<string, string>> = {
  'foundation/durable-file.ts: export async function syncFolder(path: string): Promise<void> {':
    'how a folder is synced; each use is a step',
  'foundation/durable-file.ts: await folder.sync();': 'the same',
  "core/known-state/pack.ts: await pipeline(createReadStream(blocksPath), createWriteStream(writtenPath, { flags: 'a', flush: true }));":
    'packs are written in the factory, on hosts',
  'core/known-state/pack.ts: await syncFolder(dirname(path));': 'the same',
};

interface Source {
  path: string;
  text: string;
}

/** The sources of the core that run in guests: core/factory runs on hosts, and the table itself does nothing. */
function guestSources(): Source[] {
  return ['core', 'foundation'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .filter((path) => !/^core\/(?:factory|durability)\/|\/fixtures\/|\/tap-testdir-/.test(path))
      .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
  );
}

/** Where `durably('id', …)` begins and ends. */
function callsIn(text: string): { id: string; start: number; end: number }[] {
  return [...text.matchAll(/\bdurably\(\s*'([^']+)',/g)].map((match) => {
    let depth = 0;
    let end = match.index + 'durably'.length;
    do {
      depth += text[end] === '(' ? 1 : text[end] === ')' ? -1 : 0;
      end += 1;
    } while (depth > 0 && end < text.length);
    return { id: match[1]!, start: match.index, end };
  });
}

/** Lines that sync something and are no step of the table. */
function unlisted({ path, text }: Source): string[] {
  const calls = callsIn(text);
  return [...text.matchAll(syncing)]
    .filter(({ index }) => !calls.some(({ start, end }) => index > start && index < end))
    .map(({ index, 0: found }) => {
      const at = index + found.length - found.trimStart().length;
      const lineStart = text.lastIndexOf('\n', at) + 1;
      return `${path}: ${text.slice(lineStart, text.indexOf('\n', at)).trim()}`;
    })
    .filter((line) => !(line in exempt));
}

t.test('every step is done in its file, and in no other', async (t) => {
  const done = guestSources().flatMap(({ path, text }) => callsIn(text).map(({ id }) => `${id} in ${path}`));
  const listed = durabilitySteps.map(({ id, file }) => `${id} in ${file}`);
  t.same([...new Set(done)].sort(), listed.sort());
  t.equal(new Set(durabilitySteps.map(({ id }) => id)).size, durabilitySteps.length, 'names are unique');
});

t.test('nothing is synced in guests but by a step of the table', async (t) => {
  const sources = guestSources();
  t.ok(sources.length > 200, `${sources.length} sources`);
  t.same(sources.flatMap(unlisted), []);
  const lines = sources.flatMap(({ path, text }) =>
    text.split('\n').map((line) => `${path}: ${line.trim()}`),
  );
  for (const line of Object.keys(exempt)) t.ok(lines.includes(line), `still there: ${line}`);
});

t.test('what is synced beside the table is found', async (t) => {
  const found = (text: string) => unlisted({ path: 'core/a.ts', text });
  t.same(found('  await file.sync();\n'), ['core/a.ts: await file.sync();']);
  t.same(found('await disk.datasync();\n'), ['core/a.ts: await disk.datasync();']);
  t.same(found("await runProgram('sync', []);\n"), ["core/a.ts: await runProgram('sync', []);"]);
  t.same(found('const words = `\ncd /\nsync\n`;\n'), ['core/a.ts: sync']);
  t.same(found('await open(path, constants.O_SYNC);\n'), ['core/a.ts: await open(path, constants.O_SYNC);']);
  t.same(found("await writeFile(path, '', { flush: true });\n"), [
    "core/a.ts: await writeFile(path, '', { flush: true });",
  ]);
  t.same(found('fsyncSync(file);\n'), ['core/a.ts: fsyncSync(file);']);
  t.same(found("await durably('a.b', () => file.sync());\n"), []);
  t.same(found("await durably('a.b', () => file.sync());\nawait file.sync();\n").length, 1);
});
