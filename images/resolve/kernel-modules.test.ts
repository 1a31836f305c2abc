import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../foundation/index.ts';
import { KernelModules, moduleIndexes } from './kernel-modules.ts';
import { readPackageFiles } from './package-files.ts';

const modulesFolder = '/usr/lib/modules/1';

/** An unpacked kernel package whose modules are real ELF files with these entries in `.modinfo`. */
async function kernelOf(folder: string, modules: Record<string, string[]>): Promise<KernelModules> {
  for (const [name, info] of Object.entries(modules)) {
    const strings = info.map((entry) => `.asciz "${entry}"`).join('\n');
    await runTool('as', ['-o', join(folder, 'lib/modules/1/kernel', `${name}.ko`), '-'], {
      input: `.section .modinfo,"a"\n${strings}\n`,
    });
  }
  return KernelModules.open('linux 1', await readPackageFiles(folder));
}

const emptyKernel = { lib: { modules: { 1: { kernel: {}, 'modules.builtin': 'kernel/fs/in-side.ko\n' } } } };

const small = {
  top: ['license=GPL', 'alias=pci:v1*', 'alias=pci:v2*', 'depends=middle,left'],
  middle: ['depends=left'],
  left: ['depends=', 'softdep=pre: soft-one absent post: later'],
  soft_one: ['depends='],
  later: ['depends='],
};

t.test('dependencies come before what needs them; soft ones only when they exist', async (t) => {
  const kernel = await kernelOf(t.testdir(emptyKernel), small);
  const names = (await kernel.closure(['top'], 'x')).map((module) => module.name);
  t.same(names, ['soft_one', 'left', 'middle', 'top']);
});

t.test('what is built in needs no file', async (t) => {
  const kernel = await kernelOf(t.testdir(emptyKernel), {});
  t.same(await kernel.closure(['in_side'], 'x'), []);
});

t.test('a missing module is named with who wants it', async (t) => {
  const kernel = await kernelOf(t.testdir(emptyKernel), { top: ['depends=gone'] });
  await t.rejects(kernel.closure(['top'], 'driver-x'), {
    code: 'IMAGES_MODULE_MISSING',
    message: /gone for module top.*component driver-x, kernel linux 1/s,
  });
});

t.test('modules.dep lists dependencies so that they are loaded from the last to the first', async (t) => {
  const kernel = await kernelOf(t.testdir(emptyKernel), small);
  const modules = await kernel.closure(['top'], 'x');
  const indexes = moduleIndexes(modules, modulesFolder);
  t.match(indexes.get('modules.dep'), 'kernel/top.ko: kernel/middle.ko kernel/left.ko\n');
  t.equal(indexes.get('modules.alias'), 'alias pci:v1* top\nalias pci:v2* top\n');
});

t.test(
  'a dependency that another one needs is loaded first, whatever the order they are named in',
  async (t) => {
    const kernel = await kernelOf(t.testdir(emptyKernel), {
      net: ['depends=ring,bus,failover'],
      bus: ['depends=ring'],
      ring: ['depends='],
      failover: ['depends='],
    });
    const indexes = moduleIndexes(await kernel.closure(['net'], 'x'), modulesFolder);
    const line = indexes
      .get('modules.dep')!
      .split('\n')
      .find((one) => one.startsWith('kernel/net.ko'))!;
    t.ok(line.indexOf('bus.ko') < line.indexOf('ring.ko'), line);
  },
);
