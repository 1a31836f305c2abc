import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { gatherEvidence } from './gather-evidence.ts';

interface Card {
  mac: string;
  assigned?: string;
  /** Path below `devices/`; a virtual card has none. */
  device?: string;
}

t.test('firmware and built-in cards are read, and put into canonical form', async (t) => {
  const evidence = gatherEvidence(
    machine(t, {
      firmware: {
        product_uuid: '7D1F6A7E-0C3B-4A59-9D0E-2F5B8C6A1E44\n',
        board_serial: ' mb-77120 \n',
        product_serial: 'PF0X4ZQ8\n',
        chassis_serial: 'PF0X4ZQ8\n',
      },
      cards: {
        eth0: { mac: '3C:EC:EF:41:9A:D2', device: 'pci0000:00/0000:00:02.0' },
        lo: { mac: '00:00:00:00:00:00' },
      },
    }),
  );
  t.same(evidence.accepted, [
    { source: 'product-uuid', value: '7d1f6a7e-0c3b-4a59-9d0e-2f5b8c6a1e44' },
    { source: 'board-serial', value: 'MB-77120' },
    { source: 'product-serial', value: 'PF0X4ZQ8' },
    { source: 'mac', value: '3c:ec:ef:41:9a:d2' },
  ]);
  t.match(evidence.rejected, [{ source: 'chassis-serial', reason: 'was already given by another source' }]);
});

t.test('a card that can be unplugged and an address made up by software say nothing', async (t) => {
  const evidence = gatherEvidence(
    machine(t, {
      firmware: {},
      cards: {
        eth0: { mac: '3c:ec:ef:41:9a:d2', device: 'pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0' },
        eth1: { mac: '3c:ec:ef:41:9a:d3', device: 'pci0000:00/0000:00:02.0', assigned: '3' },
      },
    }),
  );
  t.same(evidence.accepted, []);
  t.same(
    evidence.rejected.map(({ reason }) => reason),
    ['belongs to a card that can be unplugged', 'is not the address the card was made with'],
  );
});

t.test('the order in which cards came up changes nothing', async (t) => {
  const one = { mac: '3c:ec:ef:41:9a:d2', device: 'pci0000:00/0000:00:02.0' };
  const two = { mac: '3c:ec:ef:41:9a:d3', device: 'pci0000:00/0000:00:03.0' };
  const first = gatherEvidence(machine(t, { firmware: {}, cards: { eth0: one, eth1: two } }));
  const second = gatherEvidence(machine(t, { firmware: {}, cards: { eth0: two, eth1: one } }));
  t.equal(first.accepted.length, 2);
  t.same(first, second);
});

t.test('a machine that shows nothing has no evidence', async (t) => {
  t.same(gatherEvidence(t.testdir({})), { accepted: [], rejected: [] });
});

function machine(
  t: Test,
  { firmware, cards }: { firmware: Record<string, string>; cards: Record<string, Card> },
): string {
  const root = t.testdir({});
  const dmi = join(root, 'class/dmi/id');
  mkdirSync(dmi, { recursive: true });
  for (const [name, text] of Object.entries(firmware)) writeFileSync(join(dmi, name), text);
  for (const [name, { mac, assigned = '0', device }] of Object.entries(cards)) {
    const folder = join(root, 'class/net', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'address'), `${mac}\n`);
    writeFileSync(join(folder, 'addr_assign_type'), `${assigned}\n`);
    if (device === undefined) continue;
    mkdirSync(join(root, 'devices', device), { recursive: true });
    symlinkSync(join(root, 'devices', device), join(folder, 'device'));
  }
  return root;
}
