import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { inspectDisk, recoveryMedium, scenario } from 'assay';

const plan = `partitions:
  - { size: 16MiB, fileSystem: fat, label: BOOT, active: true }
  - { size: 16MiB, fileSystem: ext4, label: spare }
  - { size: 16MiB, fileSystem: none, type: '0x82' }
  - { size: 32MiB, fileSystem: ext4, label: system }
  - { size: rest, fileSystem: ext4, label: data }
`;

const script = `name: prepare-and-repair
end: shut-down
steps:
  - name: partition
    do: partition-disk
    with: { disk: only, plan: plan.yaml }
  - name: system
    do: copy
    with: { from: good, to: { partition: 'only#5', path: / } }
  - name: sound
    do: verify
    with: { manifest: SHA256SUMS, in: { partition: 'only#5', path: / } }
  - name: damage
    do: run
    with: { command: 'mount -t ext4 /dev/vda5 /mnt && echo broken >/mnt/etc/hosts && umount /mnt' }
  - name: check
    do: verify
    with: { manifest: SHA256SUMS, in: { partition: 'only#5', path: / } }
    mayFail: true
  - name: keep
    do: back-up
    with: { folder: { partition: 'only#5', path: /etc }, archive: { partition: 'only#6', path: /etc-as-it-was } }
    when: { check: failed }
  - name: replace
    do: copy
    with: { from: good, to: { partition: 'only#5', path: / } }
    when: { check: failed }
  - name: check-again
    do: verify
    with: { manifest: SHA256SUMS, in: { partition: 'only#5', path: / } }
  - name: name
    do: patch-file
    with: { in: { partition: 'only#5', path: /etc/hostname }, replace: [{ text: blank, with: repaired }] }
  - name: examine
    do: restore
    with: { archive: { partition: 'only#6', path: /etc-as-it-was }, folder: { partition: 'only#6', path: /examined } }
`;

const good = {
  'etc/hosts': '127.0.0.1 localhost\n',
  'etc/hostname': 'blank\n',
  'usr/bin/tool': '#!/bin/sh\n',
};

scenario(
  'script-prepares-and-repairs-a-disk',
  {
    summary:
      'by script alone: partitioned by a plan, filled, damaged, found damaged, kept, repaired, changed (R7, R10)',
    tags: ['medium'],
  },
  async (bench) => {
    const path = join(bench.workFolder, 'disk.raw');
    await using disk = await open(path, 'w');
    await disk.truncate(192 * 1024 * 1024);
    const sums = Object.entries(good).map(([name, text]) => `${sha256(text)}  ${name}\n`);
    const payload = Object.entries(good).map(([name, text]) => [`good/${name}`, text] as const);
    const files = { 'plan.yaml': plan, SHA256SUMS: sums.join(''), ...Object.fromEntries(payload) };
    const cdPath = await recoveryMedium(bench, { script, files });
    const machine = await bench.machine({
      ...{ name: 'alpha', memoryMiB: 512, cdPath, bootOrder: ['cd'] },
      disks: [{ name: 'disk', path, writes: 'kept' }],
    });
    const running = await machine.powerOn();
    const { console } = running;
    const ends = { succeeded: 'ASSAY SCRIPT succeeded', failed: /ASSAY SCRIPT failed .*\n/ };
    const ended = await bench.step('the script runs', () => console.expect(ends, { timeoutMs: 180_000 }), {
      ...{ category: 'boot', machine: 'alpha' },
    });
    bench.check('the script succeeds', ended.which, 'succeeded');
    await bench.step('it switches the machine off', () => running.ended, {
      category: 'wait',
      machine: 'alpha',
    });

    await using inspected = await inspectDisk(path);
    const { partitions } = await inspected.partitionTable();
    const numbers = partitions.map(({ number }) => number);
    bench.check('the disk has three partitions and two logical drives', numbers, [1, 2, 3, 4, 5, 6]);
    for (const number of [1, 2, 5, 6]) {
      const { isSound } = await (await inspected.partition(number)).check();
      bench.check(`the file system of partition ${number} is sound`, isSound, true);
    }
    const system = await inspected.partition(5);
    bench.check('the damaged file is the good one', await system.readText('/etc/hosts'), good['etc/hosts']);
    bench.check('the other one was changed', await system.readText('/etc/hostname'), 'repaired\n');
    const data = await inspected.partition(6);
    bench.check('what was damaged was kept', await data.readText('/examined/hosts'), 'broken\n');
  },
);

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
