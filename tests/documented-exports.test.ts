import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import t from 'tap';
import { root } from './source-files.ts';

/** What users reach through others, without importing it by name: the services that an appliance inherits. */
const reachedThroughOthers = [{ name: 'ApplianceServices', file: 'harness/appliance/appliance-services.ts' }];

const texts = new Map<string, string>();

interface Export {
  name: string;
  file: string;
}

t.test('everything that scenarios can import says what it is', async (t) => {
  const exported = [...(await exportsOf('harness/index.ts')), ...reachedThroughOthers];
  t.ok(exported.length > 50, 'the exports are found');
  for (const { name, file } of exported) {
    const undocumented = undocumentedIn(await read(file), name);
    t.same(undocumented, [], `${file}: ${name}`);
  }
});

t.test('the scan sees what is missing', async (t) => {
  const source = [
    '/** A thing. */',
    'export class Thing {',
    '  readonly field = 1;',
    '  /** Does it. */',
    '  async does<Result>(it: Result): Promise<void> {',
    '    if (it) return;',
    '  }',
    '  does<Other>(',
    '    it: Other,',
    '  ): void {}',
    '  get name(): string {',
    "    return '';",
    '  }',
    '  #hidden(): void {}',
    '}',
    '',
    'export interface Bare {',
    '  method(): void;',
    '}',
  ].join('\n');
  t.same(undocumentedIn(source, 'Thing'), ['Thing.name']);
  t.same(undocumentedIn(source, 'Bare'), ['Bare', 'Bare.method']);
  t.same(undocumentedIn(source, 'Absent'), ['Absent (its declaration is not found)']);
});

async function read(file: string): Promise<string> {
  const text = texts.get(file) ?? (await readFile(join(root, file), 'utf8'));
  texts.set(file, text);
  return text;
}

/** The names that a file exports, with the files that declare them. */
async function exportsOf(file: string): Promise<Export[]> {
  const text = await read(file);
  const lists = [...text.matchAll(/export (?:type )?\{([^}]*)\} from '([^']+)'/g)];
  const found = lists.flatMap(([, names, from]) => {
    const target = join(dirname(file), from!);
    return names!
      .split(',')
      .map((name) => name.trim().replace(/^type /, ''))
      .filter((name) => name !== '')
      .map((name) => ({ name, file: target }));
  });
  return Promise.all(found.map(declaredBy));
}

/** Through every index.ts on the way, to the file that declares the name. */
async function declaredBy({ name, file }: Export): Promise<Export> {
  if (!file.endsWith('/index.ts')) return { name, file };
  const onTheWay = (await exportsOf(file)).find((each) => each.name === name);
  return onTheWay ?? { name, file };
}

function undocumentedIn(source: string, name: string): string[] {
  const lines = source.split('\n');
  const declaration = new RegExp(
    `^export (?:declare )?(?:abstract )?(?:async )?(?:function|class|const|type|interface) ${name}\\b`,
  );
  const at = lines.findIndex((line) => declaration.test(line));
  if (at === -1) return [`${name} (its declaration is not found)`];
  const own = isDocumented(lines, at) ? [] : [name];
  return [...own, ...undocumentedMembers(lines, at).map((member) => `${name}.${member}`)];
}

/** Methods and getters of a class, methods of an interface; of several signatures the first one is documented. */
function undocumentedMembers(lines: readonly string[], at: number): string[] {
  if (!/ (?:class|interface) /.test(lines[at]!)) return [];
  const end = lines.findIndex((line, index) => index > at && line === '}');
  const members = lines.slice(at + 1, end).flatMap((line, index) => {
    const [, member] = /^ {2}(?:async |get |static )*(\w+)(?:<.*>)?\(/.exec(line) ?? [];
    return member === undefined || member === 'constructor' ? [] : [{ member, line: at + 1 + index }];
  });
  const documented = new Set(
    members.filter(({ line }) => isDocumented(lines, line)).map(({ member }) => member),
  );
  return [...new Set(members.map(({ member }) => member))].filter((member) => !documented.has(member));
}

function isDocumented(lines: readonly string[], at: number): boolean {
  return /\*\/$/.test(lines[at - 1] ?? '');
}
