import { open, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { runTool } from '../../foundation/index.ts';
import { coreErrors } from '../errors.ts';
import type { FileTree, FileTreeEntry } from './file-tree.ts';
import { fileTypeBits } from './file-tree.ts';
import { templateTimeSeconds } from './fixed-identity.ts';

export interface Ext4Options {
  /** Where the file system's image is written; whatever lies there is replaced. */
  path: string;
  sizeBytes: number;
  label: string;
  uuid: string;
  hashSeed: string;
  tree: FileTree;
  /** An empty folder for files that go to the file system from memory. */
  temporaryFolder: string;
}

/** Named in full, so that the host's mke2fs.conf has no say. `metadata_csum_seed` lets first boot renew the UUID. */
const features = [
  'none,has_journal,ext_attr,dir_index,filetype,extent,64bit,flex_bg,sparse_super,large_file,huge_file',
  'dir_nlink,extra_isize,metadata_csum,metadata_csum_seed',
].join(',');

/**
 * Makes an ext4 file system that holds a tree, without root; the same tree gives the same bytes (spec M12).
 * `mke2fs -d` would leave the files' own times in it, so the files go in through debugfs, in the tree's order.
 *
 * @throws CORE_TREE_INVALID, CORE_FILE_SYSTEM_TOO_SMALL
 */
export async function makeExt4(options: Ext4Options): Promise<void> {
  const file = await open(options.path, 'w');
  await file.truncate(options.sizeBytes);
  await file.close();
  await format(options);
  if (options.tree.length > 0) await fill(options);
}

/** An epoch of the programs' own, and no configuration of the host's. */
const environment = {
  E2FSPROGS_FAKE_TIME: String(templateTimeSeconds),
  SOURCE_DATE_EPOCH: String(templateTimeSeconds),
  MKE2FS_CONFIG: '/dev/null',
  TZ: 'UTC',
};

async function format({ path, label, uuid, hashSeed }: Ext4Options): Promise<void> {
  const extended = `hash_seed=${hashSeed},lazy_itable_init=0,lazy_journal_init=0,nodiscard,root_owner=0:0`;
  await runTool(
    'mke2fs',
    [
      ...['-q', '-F', '-t', 'ext4', '-b', '4096', '-I', '256', '-i', '16384', '-m', '0', '-J', 'size=4'],
      ...['-e', 'remount-ro', '-L', label, '-U', uuid, '-O', features, '-E', extended, path],
    ],
    { env: environment },
  );
}

async function fill({ path, tree, temporaryFolder }: Ext4Options): Promise<void> {
  const lines = [`set_current_time @${templateTimeSeconds}`];
  let currentFolder: string | undefined;
  const known = new Set(['/']);
  for (const [index, entry] of tree.entries()) {
    checkEntry(entry, known);
    if (entry.kind === 'directory') known.add(entry.path);
    const folder = dirname(entry.path);
    if (folder !== currentFolder) lines.push(`cd ${quote(folder)}`);
    currentFolder = folder;
    lines.push(...(await describeEntry(entry, join(temporaryFolder, `content-${index}`))));
  }
  const scriptPath = join(temporaryFolder, 'debugfs-script');
  await writeFile(scriptPath, `${lines.join('\n')}\n`);
  const { stderr } = await runTool('debugfs', ['-w', '-f', scriptPath, path], { env: environment });
  checkMessages(stderr, path);
}

function checkEntry({ path }: FileTreeEntry, known: ReadonlySet<string>): void {
  const problem = /["\n\\]/.test(path)
    ? 'a path with a quotation mark, a backslash or a line break'
    : !known.has(dirname(path))
      ? 'no entry for the folder that it lies in'
      : undefined;
  if (problem === undefined) return;
  throw coreErrors.CORE_TREE_INVALID({ tried: `write ${JSON.stringify(path)}`, got: problem });
}

/** The debugfs commands of one entry; its folder is the current one. */
async function describeEntry(entry: FileTreeEntry, contentPath: string): Promise<string[]> {
  if (entry.path === '/') return attributes(entry, fileTypeBits.directory);
  const name = quote(basename(entry.path));
  switch (entry.kind) {
    case 'directory':
      return [`mkdir ${name}`, ...attributes(entry, fileTypeBits.directory)];
    case 'symlink':
      return [
        `symlink ${name} ${quote(entry.target)}`,
        ...attributes({ ...entry, mode: 0o777 }, fileTypeBits.symlink),
      ];
    case 'device': {
      const letter = entry.deviceType === 'character' ? 'c' : 'b';
      const made = `mknod ${name} ${letter} ${entry.major} ${entry.minor}`;
      return [made, ...attributes(entry, fileTypeBits[entry.deviceType])];
    }
    case 'file': {
      if ('content' in entry) await writeFile(contentPath, entry.content);
      const source = 'content' in entry ? contentPath : entry.sourcePath;
      return [`write ${quote(source)} ${name}`, ...attributes(entry, fileTypeBits.file)];
    }
  }
}

function attributes({ path, mode, uid, gid }: FileTreeEntry, bits: number): string[] {
  const target = quote(path);
  return [
    `sif ${target} mode 0${(bits | mode).toString(8)}`,
    `sif ${target} uid ${uid}`,
    `sif ${target} gid ${gid}`,
  ];
}

/** debugfs ends with 0 whatever its commands met; what it says on stderr after its version is an error. */
function checkMessages(stderr: string, path: string): void {
  const messages = stderr.split('\n').filter((line) => line !== '' && !/^debugfs \d/.test(line));
  if (messages.length === 0) return;
  const facts = { tried: `fill the file system ${basename(path)}`, got: messages.slice(0, 3).join('; ') };
  throw /could not allocate|no space|no free/i.test(stderr)
    ? coreErrors.CORE_FILE_SYSTEM_TOO_SMALL(facts)
    : coreErrors.CORE_TREE_INVALID(facts);
}

function quote(text: string): string {
  return `"${text}"`;
}
