import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import { type Bench, createFactory, recoveryMedium, scenario, unitHardware } from 'assay';

const scriptFor = (sha256: string) => `name: install-reference-image
end: restart
timeLimit: 30m
steps:
  - name: network-driver
    do: load-drivers
    with: { drivers: [virtio_net] }
  - name: hardware
    do: test-hardware
    with: { memory: { atLeast: 1GiB }, disks: { atLeast: 1 }, networkCards: { atLeast: 1 } }
    waits: [network-driver]
  - name: network
    do: start-network
    waits: [network-driver]
  - name: image
    do: fetch
    with: { from: 'http://10.0.2.100/reference.raw.zst', to: /run/reference.raw.zst }
    waits: [network]
  - name: install
    do: install-image
    with: { image: /run/reference.raw.zst, to: only, sha256: ${sha256} }
    waits: [hardware, image]
`;

scenario(
  'script-installs-a-reference-image',
  {
    summary:
      'a blank machine fetches a master, installs it, and is an appliance of its own after one restart (R5, R6, R8)',
    tags: ['medium'],
    timeoutMs: 40 * 60_000,
  },
  async (bench) => {
    const master = await createFactory(bench, 'headless-single-disk').master();
    const image = await bench.step('the master is packed', () => pack(bench, master.systemPath), {
      category: 'disk',
    });
    const hostPort = await serve(bench, '/reference.raw.zst', image.path);
    const { sizeBytes, path: diskPath } = await blankDisk(bench, master.systemPath);
    const { mac, smbios, diskSerials } = unitHardware('alpha');
    const machine = await bench.machine({
      ...{ name: 'alpha', memoryMiB: 1536, smbios, watchdog: 'ib700', serialPorts: ['lcd'] },
      cdPath: await recoveryMedium(bench, { script: scriptFor(image.sha256) }),
      // As a machine on the bench has it: the disk first. A blank one has nothing to start, so the medium does.
      ...{ bootOrder: ['system', 'cd'] },
      disks: [{ name: 'system', path: diskPath, writes: 'kept', serial: diskSerials.system }],
      nics: [{ mac, services: [{ guestAddress: '10.0.2.100', guestPort: 80, hostPort }] }],
    });
    const running = await machine.powerOn();
    const { console } = running;
    const until = (sentence: string, text: string | RegExp, timeoutMs = 300_000) =>
      bench.step(sentence, () => console.expect(text, { timeoutMs }), { category: 'wait', machine: 'alpha' });
    await until('the medium starts the script', 'ASSAY SCRIPT started install-reference-image');
    await until('the image is fetched', 'ASSAY STEP succeeded image');
    const installed = await until(
      'the image is installed',
      /ASSAY STEP succeeded install (\{.*\})\n/,
      900_000,
    );
    const { sizeBytes: installedBytes } = JSON.parse(installed.groups[0]!);
    bench.check('the whole disk was written', installedBytes, sizeBytes);
    const ready = await until('the installed system personalises itself', /ASSAY READY (\{.*\})\n/);
    const report = JSON.parse(ready.groups[0]!);
    bench.check(
      'it is an appliance at its first boot',
      [report.system, report.isFirstBoot],
      ['primary', true],
    );
    const restarts = running.qmpEvents.filter(({ event }) => event === 'RESET').length;
    bench.note(`${restarts} resets seen by QEMU`);
  },
);

async function pack(bench: Bench, path: string): Promise<{ path: string; sha256: string }> {
  const packedPath = join(bench.workFolder, 'reference.raw.zst');
  await pipeline(createReadStream(path), createZstdCompress(), createWriteStream(packedPath));
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(packedPath)) hash.update(bytes);
  return { path: packedPath, sha256: hash.digest('hex') };
}

/** @returns the port on 127.0.0.1. */
async function serve(bench: Bench, address: string, path: string): Promise<number> {
  const server = createServer((request, response) => {
    if (request.url === address) createReadStream(path).pipe(response);
    else response.writeHead(404).end();
  });
  bench.defer('the server of images ends', () => server.close());
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return (server.address() as AddressInfo).port;
}

async function blankDisk(bench: Bench, likePath: string): Promise<{ path: string; sizeBytes: number }> {
  const path = join(bench.workFolder, 'system.raw');
  await using like = await open(likePath);
  const { size: sizeBytes } = await like.stat();
  await using disk = await open(path, 'w');
  await disk.truncate(sizeBytes);
  return { path, sizeBytes };
}
