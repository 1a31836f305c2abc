import { pullCable, recoveryMedium, scenario } from 'assay';

const test = '{ networkCards: { atLeast: 2, loopback: true } }';

/**
 * QEMU 7.2 has an e1000e loop frames back, but drops them while the card negotiates its speed, for half a second after each
 * reset. Its driver waits for no negotiation in loopback, and need not: so none is had.
 */
const settings = `
ethtool -s eth0 autoneg off speed 100 duplex full
ip link set eth0 up
ip address add 10.9.9.9/24 dev eth0
`;

const settingsAreKept = `
ip address show dev eth0 | grep 'inet 10.9.9.9/24'
ip link show dev eth0 | grep -w UP
if ip link show dev eth1 | grep -w UP; then exit 1; fi
`;

/** QEMU's card does not tell its driver here that its link is gone; the driver looks for itself when it is switched on. */
const untilUnplugged = `
while [ "$(cat /sys/class/net/eth0/carrier)" != 0 ]; do
  ip link set eth0 down
  ip link set eth0 up
  sleep 3
done
`;

const script = `name: take-in
end: shut-down
onFailure: shut-down
steps:
  - { name: drivers, do: load-drivers, with: { drivers: [e1000e, virtio_net] } }
  - { name: settings, do: run, with: { command: ${JSON.stringify(settings)} } }
  - { name: good, do: test-hardware, with: ${test} }
  - { name: kept, do: run, with: { command: ${JSON.stringify(settingsAreKept)} } }
  - { name: unplugged, do: run, with: { command: ${JSON.stringify(untilUnplugged)} } }
  - { name: faulty, do: test-hardware, with: ${test} }
  - { name: install, do: log, with: { text: all is well } }
`;

scenario(
  'network-cards-are-tested',
  {
    summary: 'a network card that receives what it sends to itself passes; without its link it is named (R6)',
    tags: ['medium'],
  },
  async (bench) => {
    const machine = await bench.machine({
      ...{
        name: 'alpha',
        memoryMiB: 512,
        cdPath: await recoveryMedium(bench, { script }),
        bootOrder: ['cd'],
      },
      nics: [
        { model: 'e1000e', mac: '52:54:00:00:0c:01' },
        { model: 'virtio', mac: '52:54:00:00:0c:02' },
      ],
    });
    const running = await machine.powerOn();
    const { console } = running;
    const { groups } = await bench.step(
      'both cards are tested, each as far as its driver can',
      () => console.expect(/ASSAY STEP (?:succeeded good (.*)|failed .*)\n/, { timeoutMs: 120_000 }),
      { category: 'boot', machine: 'alpha' },
    );
    const facts = JSON.parse(groups[0] ?? '{}') as { loopback?: string };
    bench.check('the loopback is good', facts.loopback, 'eth0 self-test, eth1 carrier only');
    await console.expect('ASSAY STEP succeeded kept', { timeoutMs: 30_000 });
    await console.expect('ASSAY STEP started unplugged');
    await pullCable(running);
    const { groups: faulty } = await bench.step(
      'without its link a card is named',
      () => console.expect(/ASSAY STEP failed faulty SCRIPT_HARDWARE_FAULTY: (.*)\n/, { timeoutMs: 120_000 }),
      { category: 'boot', machine: 'alpha' },
    );
    const said = faulty[0]!;
    bench.check('for its link', /network card eth0: no carrier/.test(said), true);
    bench.check('and its loopback', /network card eth0: .*Loopback test \(offline\) 13/.test(said), true);
    bench.check('the other card is not named', /eth1/.test(said), false);
    await console.expect('ASSAY STEP skipped install');
    await running.waitForPowerOff();
  },
);
