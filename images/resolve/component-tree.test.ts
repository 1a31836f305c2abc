import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import t from 'tap';
import { runTool } from '../../foundation/index.ts';
import { type Component, componentSchema } from '../selection/component.ts';
import { resolveTree } from './component-tree.ts';
import { KernelModules } from './kernel-modules.ts';
import { readPackageFiles } from './package-files.ts';
import { nodeContent, type TreeNode } from './tree-draft.ts';

type Draft = Partial<Record<keyof Component, unknown>> & { name: string };

/** Resolves components over the packages that lie unpacked in folders of `packagesPath`. */
async function resolve(packagesPath: string, drafts: readonly Draft[]): Promise<Map<string, TreeNode>> {
  const components = drafts.map((draft) => ({
    ...componentSchema.parse({ description: 'x', ...draft }),
    sourcePath: `${draft.name}.yaml`,
    ownFilesPath: join(packagesPath, 'own', draft.name),
  }));
  const names = new Set(components.flatMap((component) => component.packages));
  const packages = new Map(
    await Promise.all(
      [...names].map(async (name) => [name, await readPackageFiles(join(packagesPath, name))] as const),
    ),
  );
  const nodes = await resolveTree(components, {
    packageFiles: (name) => packages.get(name)!,
    madeFiles: () => new Map(),
    kernelModules: await KernelModules.open('none', new Map()),
    modulesFolder: '/usr/lib/modules/none',
  });
  return new Map(nodes);
}

/** A program that needs libtop.so.1, which needs libdeep.so.1; each in a package of its own. */
async function makePrograms(path: string): Promise<void> {
  const object = join(path, 'empty.o');
  await runTool('as', ['-o', object, '-'], { input: '.globl _start\n_start: ret\n' });
  const link = async (to: string, flags: string[]): Promise<string> => {
    await mkdir(dirname(join(path, to)), { recursive: true });
    await runTool('ld', ['-o', join(path, to), object, '--no-as-needed', ...flags]);
    return join(path, to);
  };
  const libraries = 'lib/x86_64-linux-gnu';
  const deep = await link(`deep/${libraries}/libdeep.so.1.5`, ['-shared', '-soname', 'libdeep.so.1']);
  await runTool('ln', ['-s', 'libdeep.so.1.5', join(path, `deep/${libraries}/libdeep.so.1`)]);
  const top = await link(`top/usr/${libraries}/libtop.so.1`, ['-shared', '-soname', 'libtop.so.1', deep]);
  await link('tool/bin/tool', ['--dynamic-linker', '/lib64/ld.so', '--unresolved-symbols=ignore-all', top]);
  await mkdir(join(path, 'tool/lib64'), { recursive: true });
  await writeFile(join(path, 'tool/lib64/ld.so'), 'loader', { mode: 0o755 });
}

t.test(
  'a program brings its loader, its libraries, theirs, and the files behind links; nothing else',
  async (t) => {
    const path = t.testdir({ top: { usr: { share: { doc: 'never' } } } });
    await makePrograms(path);
    const tree = await resolve(path, [
      { name: 'libraries', packages: ['top', 'deep'] },
      { name: 'tool', packages: ['tool'], files: ['/usr/bin/tool'] },
    ]);
    t.same(
      [...tree].filter(([, node]) => node.kind !== 'directory').map(([place]) => place),
      [
        '/usr/bin/tool',
        '/usr/lib/x86_64-linux-gnu/libdeep.so.1',
        '/usr/lib/x86_64-linux-gnu/libdeep.so.1.5',
        '/usr/lib/x86_64-linux-gnu/libtop.so.1',
        '/usr/lib64/ld.so',
      ],
    );
    t.match(tree.get('/usr/bin/tool'), { mode: 0o755, component: 'tool' });
    t.match(tree.get('/usr/lib/x86_64-linux-gnu/libdeep.so.1.5'), { component: 'libraries' });
  },
);

t.test('a missing library is named with component and file', async (t) => {
  const path = t.testdir({});
  await makePrograms(path);
  const drafts = [
    { name: 'libraries', packages: ['top'] },
    { name: 'tool', packages: ['tool'], files: ['/usr/bin/tool'] },
  ];
  await t.rejects(resolve(path, drafts), {
    code: 'IMAGES_LIBRARY_MISSING',
    message: /find libdeep\.so\.1 for \/usr\/lib\/x86_64-linux-gnu\/libtop\.so\.1.*component libraries/s,
  });
});

t.test('a pattern that matches nothing is refused', async (t) => {
  const path = t.testdir({ tool: { bin: { tool: 'x' } } });
  await t.rejects(resolve(path, [{ name: 'a', packages: ['tool'], files: ['/usr/bin/toll'] }]), {
    code: 'IMAGES_FILE_MISSING',
    message: /take \/usr\/bin\/toll for component a.*packages tool/s,
  });
});

t.test('globs match paths of a merged /usr', async (t) => {
  const path = t.testdir({ tool: { sbin: { 'mkfs.a': 'x', 'mkfs.b': 'y', other: 'z' } } });
  const tree = await resolve(path, [{ name: 'a', packages: ['tool'], files: ['/usr/sbin/mkfs.*'] }]);
  t.same([...tree.keys()], ['/usr', '/usr/sbin', '/usr/sbin/mkfs.a', '/usr/sbin/mkfs.b']);
});

t.test('a link of a component to a file of a package brings the file', async (t) => {
  const path = t.testdir({ tool: { bin: { tool: 'x' } } });
  const tree = await resolve(path, [
    { name: 'a', packages: ['tool'], links: { '/usr/sbin/init': '../bin/tool' } },
  ]);
  t.ok(tree.has('/usr/bin/tool'));
});

t.test('two different files at one path are refused, the same file is not', async (t) => {
  const path = t.testdir({ own: { a: { etc: { x: '1' } }, b: { etc: { x: '2' } }, c: { etc: { x: '1' } } } });
  await t.rejects(resolve(path, [{ name: 'a' }, { name: 'b' }]), {
    code: 'IMAGES_FILE_CONFLICT',
    message: /\/etc\/x from component b.*component a/s,
  });
  t.equal((await resolve(path, [{ name: 'a' }, { name: 'c' }])).size, 2);
});

t.test('a component that says so takes the place of another', async (t) => {
  const path = t.testdir({ own: { a: { etc: { x: 'old' } }, b: { etc: { x: 'new' } } } });
  for (const order of [
    [{ name: 'a' }, { name: 'b', replaces: ['/etc/x'] }],
    [{ name: 'b', replaces: ['/etc/x'] }, { name: 'a' }],
  ]) {
    const node = (await resolve(path, order)).get('/etc/x');
    t.equal(String(await nodeContent(node as TreeNode & { kind: 'file' })), 'new');
  }
});

t.test('a file below a link is refused with what to write instead', async (t) => {
  const path = t.testdir({ own: { a: { bin: { x: '1' } } } });
  const drafts = [{ name: 'base', links: { '/bin': 'usr/bin' } }, { name: 'a' }];
  await t.rejects(resolve(path, drafts), { code: 'IMAGES_FILE_CONFLICT', remedy: /\/usr\/bin instead/ });
});

t.test('devices, folders and applets lie where they are said to', async (t) => {
  const tree = await resolve(t.testdir({}), [
    {
      name: 'a',
      directories: [{ path: '/tmp', mode: '1777' }],
      devices: [{ path: '/dev/console', type: 'character', major: 5, minor: 1 }],
      applets: [{ target: 'busybox', folder: '/usr/bin', names: ['sh'] }],
    },
  ]);
  t.match(tree.get('/tmp'), { kind: 'directory', mode: 0o1777 });
  t.match(tree.get('/dev/console'), { kind: 'device', major: 5, minor: 1, mode: 0o600 });
  t.match(tree.get('/usr/bin/sh'), { kind: 'symlink', target: 'busybox' });
});
