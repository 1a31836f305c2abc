import { recoveryMedium, scenario } from 'assay';

scenario(
  'medium-without-its-flag',
  {
    summary:
      "without the loader's flag the system of the medium is a normal one: login, drivers, network (R4)",
    tags: ['medium'],
  },
  async (bench) => {
    const cdPath = await recoveryMedium(bench, { mode: 'normal' });
    const machine = await bench.machine({
      name: 'alpha',
      memoryMiB: 512,
      cdPath,
      nics: [{ mac: '52:54:00:00:04:01' }],
    });
    const { console } = await machine.powerOn();
    await bench.step('it asks who is there', () => console.expect('login: ', { timeoutMs: 60_000 }), {
      ...{ category: 'boot', machine: 'alpha' },
    });
    await console.sendLine('root');
    await console.expect(/# $/);
    const { exitCode } = await console.run('reduced-mode', { acceptExitCodes: 'any' });
    bench.check('programs learn that this is the normal mode', exitCode, 1);
    const address =
      'for i in $(seq 100); do ip -4 -o address show dev eth0 | grep -q . && break; sleep 0.1; done';
    const { output } = await console.run(`${address}; ip -4 -o address show dev eth0`, { timeoutMs: 30_000 });
    bench.check('the network card has its driver and an address', /inet 10\.0\.2\./.test(output), true);
  },
);
