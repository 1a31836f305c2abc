import { type Appliance, createFactory, scenario } from 'assay';

scenario(
  'applications-do-their-work',
  {
    summary:
      'a row survives a power cut and dies with a data reset, a back-up restores byte for byte, the page answers (M5)',
    tags: ['applications', 'power'],
  },
  async (bench) => {
    const factory = createFactory(bench);
    const unit = await factory.clonedUnit(await factory.master(), 'alpha');
    const { hostName } = await unit.start();
    const page = await unit.request('/');
    bench.check('the page answers', page.status, 200);
    bench.check('and says which appliance it is', page.text.includes(hostName), true);

    await unit.sql("insert into facts values ('visitor', 'was here')");
    await unit.cutPower();
    await unit.start();
    bench.check('the row survives a power cut', await visitors(unit), [{ value: 'was here' }]);

    await shell(unit, 'mkdir /data/photos && head -c 300000 /dev/urandom > /data/photos/one && sync');
    const before = await filesOf(unit);
    await unit.command('/api/backups', { name: 'one' });
    await shell(unit, 'head -c 5000 /dev/urandom > /data/photos/one && echo new > /data/photos/two && sync');
    await unit.sql("delete from facts where name = 'visitor'");
    await unit.command('/api/restore', { name: 'one' });
    bench.check('the back-up restores the files byte for byte', await filesOf(unit), before);
    bench.check('and the row', await visitors(unit), [{ value: 'was here' }]);

    await unit.command('/api/reset-data');
    bench.check('a reset of the data takes the row', await visitors(unit), []);
    const facts = await unit.sql("select value from facts where name = 'origin'");
    bench.check('and brings the defaults back', facts, [{ value: 'manufacturing defaults' }]);
    bench.check('and takes the files', await shell(unit, 'ls -1 /data'), 'lost+found\nsql\n');
    await unit.powerOff();
  },
);

async function visitors(unit: Appliance): Promise<Record<string, unknown>[]> {
  return await unit.sql("select value from facts where name = 'visitor'");
}

/** Names and hashes of the customer's files; the data base's own are not among them. */
async function filesOf(unit: Appliance): Promise<string> {
  return await shell(unit, 'cd /data && find photos -type f -exec sha256sum {} + | sort; cd /');
}

async function shell(unit: Appliance, command: string): Promise<string> {
  const { output } = await unit.running.console.run(command);
  await unit.running.console.releaseShell();
  return output;
}
