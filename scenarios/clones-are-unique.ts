import { type Appliance, createFactory, type Factory, scenario } from 'assay';

const cloneCount = 5;

/** What a clone must not share with another, read in the running appliance. */
const identityCommands = {
  'machine id': 'cat /etc/machine-id',
  'host name': 'hostname',
  'host key': 'sha256sum < /settings/keys/host-key',
  'TLS key': 'sha256sum < /settings/keys/tls-key',
};

scenario(
  'clones-are-unique',
  {
    summary: `${cloneCount} clones of one master share no identity: system, host name, keys, disks, file systems (M8)`,
    tags: ['first-boot', 'identity'],
    timeoutMs: 40 * 60_000,
  },
  async (bench) => {
    const factory = createFactory(bench);
    const master = await factory.master();
    const identities: Record<string, string>[] = [];
    for (let index = 1; index <= cloneCount; index += 1) {
      const unit = await factory.clonedUnit(master, `clone-${index}`);
      identities.push(await identityOf(unit, factory));
    }
    for (const name of Object.keys(identities[0]!)) {
      const values = identities.map((identity) => identity[name]!);
      bench.check(
        `every clone has a ${name}`,
        values.filter((value) => value === ''),
        [],
      );
      bench.check(`no two clones share their ${name}`, new Set(values).size, cloneCount);
    }
  },
);

async function identityOf(unit: Appliance, factory: Factory): Promise<Record<string, string>> {
  const { systemId } = await unit.start();
  const identity: Record<string, string> = { 'system id': systemId };
  for (const [name, command] of Object.entries(identityCommands)) {
    identity[name] = (await unit.running.console.run(command)).output.trim();
  }
  await unit.running.console.releaseShell();
  await unit.powerOff();
  for (const role of ['system', 'data'] as const) {
    await using disk = await factory.inspect(unit.disks[`${role}Path`]!, role);
    const table = await disk.partitionTable();
    identity[`${role} disk signature`] = table.diskSignature;
    for (const { number } of table.partitions) {
      const { kind, uuid } = await (await disk.partition(number)).fileSystem();
      if (kind !== 'none') identity[`file system ${number} of the ${role} disk`] = uuid ?? '';
    }
  }
  return identity;
}
