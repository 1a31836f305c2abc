import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Bench, inspectDisk, type RunningMachine, recoveryMedium, scenario } from 'assay';

const good = '127.0.0.1 localhost\n';
const damaged = '127.0.0.1 loca\0\0\0\0\0\n';

const repair = `name: repair-hosts
end: shut-down
steps:
  - name: replace
    do: copy
    with: { from: good, to: { partition: 'only#1', path: / } }
`;

const machines = {
  alpha: '52:54:00:00:0a:01',
  beta: '52:54:00:00:0a:02',
  gamma: '52:54:00:00:0a:03',
} as const;

const script = `name: repair-all
steps:
  - name: network-driver
    do: load-drivers
    with: { drivers: [virtio_net] }
  - name: everywhere
    do: repair-machines
    with:
      machines: [${Object.values(machines)
        .map((mac) => `'${mac}'`)
        .join(', ')}]
      script: repair.yaml
      files: good
      key: agent.key
      reachWithin: 10m
`;

scenario(
  'one-repair-for-all-machines',
  {
    summary:
      'one script, replayed over the network on all machines that are named, replaces their damaged files; who has another key is named (R10)',
    tags: ['medium'],
    needs: { machines: 4, memoryMiB: 2048 },
  },
  async (bench) => {
    const key = randomBytes(32).toString('hex');
    const agentMedium = (text: string) =>
      recoveryMedium(bench, { files: { 'medium.yaml': 'agent: { key: agent.key }\n', 'agent.key': text } });
    const [cdPath, otherCdPath] = [
      await agentMedium(key),
      await agentMedium(randomBytes(32).toString('hex')),
    ];
    const running = new Map<string, RunningMachine>();
    const paths = new Map<string, string>();
    for (const [name, mac] of Object.entries(machines)) {
      const path = await bench.step(`${name} has a disk with a damaged file`, () => damagedDisk(bench, name));
      const machine = await bench.machine({
        ...{ name, memoryMiB: 512, cdPath: name === 'gamma' ? otherCdPath : cdPath, bootOrder: ['cd'] },
        disks: [{ name: 'disk', path, writes: 'kept' }],
        nics: [{ mac, network: 'lan' }],
      });
      paths.set(name, path);
      running.set(name, await machine.powerOn());
    }
    for (const [name, { console }] of running) {
      const listens = () => console.expect(/ASSAY AGENT listening .*\n/, { timeoutMs: 180_000 });
      await bench.step(`${name} listens`, listens, { category: 'boot', machine: name });
    }
    const gamma = running.get('gamma')!;
    const { output } = await gamma.console.run('cat /sys/class/net/eth0/address');
    bench.check('beside the agent the prompt is as usual', output, `${machines.gamma}\n`);

    const controller = await bench.machine({
      ...{ name: 'controller', memoryMiB: 512, bootOrder: ['cd'] },
      cdPath: await recoveryMedium(bench, {
        script,
        files: { 'repair.yaml': repair, 'good/etc/hosts': good, 'agent.key': key },
      }),
      nics: [{ mac: '52:54:00:00:0a:00', network: 'lan' }],
    });
    const { console } = await controller.powerOn();
    const said = await bench.step(
      'the controller repairs them',
      () => console.expect(/ASSAY STEP failed everywhere (.*)\n/, { timeoutMs: 300_000 }),
      { category: 'wait', machine: 'controller' },
    );
    const words = said.groups[0]!;
    bench.check('two are repaired', /\b2 repaired\b/.test(words), true);
    bench.check(
      'the one with another key is named, and it alone',
      Object.entries(machines).flatMap(([name, mac]) =>
        words.includes(`${mac}: it is refused`) ? [name] : [],
      ),
      ['gamma'],
    );
    for (const mac of [machines.alpha, machines.beta]) {
      const lines = [`${mac}: STEP succeeded replace`, `${mac}: repaired`];
      bench.check(
        `what ${mac} does is told`,
        lines.filter((line) => said.before.includes(line)),
        lines,
      );
    }
    for (const name of ['alpha', 'beta']) {
      const off = () => running.get(name)!.ended;
      await bench.step(`${name} is switched off by the script`, off, { category: 'wait', machine: name });
    }
    await gamma.console.expect('ASSAY AGENT refused a connection: not the same key');
    await gamma.cut();
    const hosts: Record<string, string> = {};
    for (const [name, path] of paths) hosts[name] = await readHosts(path);
    bench.check('the files are the good ones, but for who was refused', hosts, {
      ...{ alpha: good, beta: good, gamma: damaged },
    });
  },
);

/** A disk with one ext4 partition, made without the kernel of the host. */
async function damagedDisk(bench: Bench, name: string): Promise<string> {
  const run = promisify(execFile);
  const tree = join(bench.workFolder, `${name}-tree`);
  await mkdir(join(tree, 'etc'), { recursive: true });
  await writeFile(join(tree, 'etc/hosts'), damaged);
  const path = join(bench.workFolder, `${name}.raw`);
  await using disk = await open(path, 'w');
  await disk.truncate(32 * 1024 * 1024);
  const offset = 1024 * 1024;
  const options = `lazy_itable_init=0,offset=${offset}`;
  await run('mke2fs', ['-q', '-t', 'ext4', '-E', options, '-d', tree, path, '30m']);
  await disk.write(masterBootRecord(offset / 512, (30 * 1024 * 1024) / 512), 0, 512, 0);
  await rm(tree, { recursive: true });
  return path;
}

/** One Linux partition. */
function masterBootRecord(startSector: number, sectors: number): Buffer {
  const sector = Buffer.alloc(512);
  sector[446 + 4] = 0x83;
  sector.writeUInt32LE(startSector, 446 + 8);
  sector.writeUInt32LE(sectors, 446 + 12);
  sector.set([0x55, 0xaa], 510);
  return sector;
}

async function readHosts(path: string): Promise<string> {
  await using disk = await inspectDisk(path);
  const partition = await disk.partition(1);
  return await partition.readText('/etc/hosts');
}
