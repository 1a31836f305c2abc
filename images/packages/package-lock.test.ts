import { readFile } from 'node:fs/promises';
import { join, matchesGlob } from 'node:path';
import t, { type Test } from 'tap';
import { readCatalogue } from '../selection/catalogue.ts';
import type { ArchivePackage } from './apt.ts';
import { lockPath, PackageResolver, type PackageSource, writeLock } from './package-lock.ts';
import type { PackageRecord } from './package-record.ts';

function record(name: string, version: string): PackageRecord {
  const sha256 = Buffer.from(`${name} ${version}`).toString('hex').padEnd(64, '0').slice(0, 64);
  return { name, version, architecture: 'amd64', sha256, sizeBytes: 1 };
}

/** A cache and an archive that hold these packages; `asked` counts questions to the archive. */
class FakeSource implements PackageSource {
  readonly cached: PackageRecord[];
  readonly archive: PackageRecord[];
  readonly substitutes = new Map<string, PackageRecord>();
  asked = 0;

  constructor(cached: PackageRecord[], archive: PackageRecord[]) {
    this.cached = cached;
    this.archive = archive;
  }

  readonly apt = {
    updateProblem: 'no network',
    versions: async (name: string): Promise<ArchivePackage[]> => {
      this.asked += 1;
      const found = this.archive.filter((one) => one.name === name);
      return found.map((one) => ({ ...one, depends: '', installedBytes: 0, priority: 'optional' }));
    },
  };

  async has(wanted: PackageRecord): Promise<boolean> {
    return this.cached.some((one) => one.sha256 === wanted.sha256);
  }

  async substitute(key: string): Promise<PackageRecord | undefined> {
    return this.substitutes.get(key);
  }

  async keepSubstitute(key: string, substitute: PackageRecord): Promise<void> {
    this.substitutes.set(key, substitute);
  }
}

const [old, fresh] = [record('tool', '1'), record('tool', '2')];

async function open(t: Test, source: FakeSource, options: { locked?: boolean; updateLock?: boolean } = {}) {
  const path = join(t.testdir({}), 'lock.json');
  await writeLock([old], path);
  return PackageResolver.open(
    source,
    { locked: false, updateLock: false, onProgress: () => {}, ...options },
    path,
  );
}

t.test('a locked package in the cache is taken without asking the archive', async (t) => {
  const source = new FakeSource([old], []);
  const resolver = await open(t, source, { locked: true });
  t.same(await resolver.resolve('tool'), old);
  t.equal(source.asked, 0);
  t.same(resolver.unlocked, []);
});

t.test('a locked package that the archive still has is taken', async (t) => {
  const resolver = await open(t, new FakeSource([], [fresh, old]), { locked: true });
  t.same(await resolver.resolve('tool'), old);
});

t.test('a locked package that is gone: the candidate is taken, said, and remembered', async (t) => {
  const source = new FakeSource([], [fresh]);
  const resolver = await open(t, source);
  t.same(await resolver.resolve('tool'), fresh);
  t.same(resolver.unlocked, ['unlocked: tool 2 instead of tool 1']);
  source.cached.push(fresh);
  source.archive.length = 0;
  source.asked = 0;
  const later = await open(t, source);
  t.same(await later.resolve('tool'), fresh, 'also without the archive');
  t.equal(source.asked, 0);
  t.same(later.unlocked, ['unlocked: tool 2 instead of tool 1'], 'and said again');
});

t.test('with `locked` a version that is gone is an error, also when a substitute is there', async (t) => {
  const source = new FakeSource([fresh], [fresh]);
  source.substitutes.set(old.sha256, fresh);
  const resolver = await open(t, source, { locked: true });
  await t.rejects(resolver.resolve('tool'), {
    code: 'IMAGES_PACKAGE_UNLOCKED',
    message: /tool 2 instead of tool 1/,
  });
});

t.test('a package that nobody has is an error with what apt said', async (t) => {
  const resolver = await open(t, new FakeSource([], []));
  await t.rejects(resolver.resolve('tool'), { code: 'IMAGES_PACKAGE_UNAVAILABLE', message: /no network/ });
});

t.test('a package that is not in the lock is said to be unlocked', async (t) => {
  const resolver = await open(t, new FakeSource([], [record('more', '5')]));
  await resolver.resolve('more');
  t.same(resolver.unlocked, ['unlocked: more 5 instead of no locked version']);
});

t.test('renewing the lock takes candidates although the locked ones are in the cache', async (t) => {
  const resolver = await open(t, new FakeSource([old], [fresh]), { updateLock: true });
  await resolver.resolve('tool');
  t.same(await resolver.resolved(), [fresh]);
});

t.test("Assay's own lock has every package of the catalogue", async (t) => {
  const lock = JSON.parse(await readFile(lockPath, 'utf8'));
  const names: string[] = lock.packages.map((one: PackageRecord) => one.name);
  for (const component of (await readCatalogue()).values()) {
    for (const name of component.packages) t.ok(names.includes(name), `${name} of ${component.name}`);
    const { kernel } = component;
    if (kernel === undefined) continue;
    t.ok(names.includes(kernel.metaPackage), kernel.metaPackage);
    t.ok(
      names.some((name) => name !== kernel.metaPackage && matchesGlob(name, kernel.package)),
      kernel.package,
    );
  }
});
