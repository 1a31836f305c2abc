import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Appliance, createFactory, type Factory, scenario } from 'assay';

scenario(
  'foreign-data-disk-is-kept',
  {
    summary:
      "a data disk that holds something else, or is another appliance's, is refused and not written to (M8)",
    tags: ['identity', 'data-disk'],
    timeoutMs: 30 * 60_000,
  },
  async (bench) => {
    const factory = createFactory(bench);
    const master = await factory.master();
    const alpha = await factory.clonedUnit(master, 'alpha');
    const { systemId } = await alpha.start();
    await alpha.powerOff();
    const bravo = await factory.clonedUnit(master, 'bravo');
    await bravo.start();
    await bravo.powerOff();

    const foreignPath = join(bench.workFolder, 'foreign.raw');
    await writeSomething(foreignPath, (await stat(alpha.disks.dataPath!)).size);
    for (const [whose, dataPath] of [
      ["nobody's", foreignPath],
      ["bravo's", bravo.disks.dataPath!],
    ] as const) {
      const before = await digest(factory, dataPath);
      const name = `alpha-with-${whose.replace("'s", '')}-disk`;
      const unit = await factory.unit(name, { ...alpha.disks, dataPath }, { hardwareOf: 'alpha' });
      const reason = await conflict(unit);
      bench.check(`${whose} disk is refused`, reason, 'identity-conflict');
      await unit.powerOff();
      bench.check(`not one byte of ${whose} disk has changed`, await digest(factory, dataPath), before);
    }
    const again = await alpha.start();
    bench.check('with its own disk, alpha is who it was', again.systemId, systemId);
    await alpha.powerOff();
  },
);

/** A disk in use by something that knows neither partitions nor signatures. */
async function writeSomething(path: string, sizeBytes: number): Promise<void> {
  await using file = await open(path, 'w');
  await file.truncate(sizeBytes);
  await file.write(Buffer.alloc(1024 * 1024, 'precious '), 0, 1024 * 1024, 1024 * 1024);
}

async function conflict(unit: Appliance): Promise<unknown> {
  await unit.powerOn();
  await unit.state('identity-conflict');
  return (await unit.reachable()).state;
}

async function digest(factory: Factory, path: string): Promise<string> {
  await using disk = await factory.inspect(path, 'data');
  return await disk.sha256();
}
