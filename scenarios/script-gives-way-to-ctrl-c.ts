import { recoveryMedium, scenario } from 'assay';

const script = `name: endless
end: restart
steps:
  - name: wait
    do: run
    with: { command: 'echo began >>/tmp/begun; echo it waits >/dev/console; sleep 86400' }
`;

scenario(
  'script-gives-way-to-ctrl-c',
  {
    summary:
      'Ctrl-C gives a script up and leads to the prompt; neither the script nor the machine begins anew (R5)',
    tags: ['medium'],
  },
  async (bench) => {
    const cdPath = await recoveryMedium(bench, { script });
    const machine = await bench.machine({ name: 'alpha', memoryMiB: 512, cdPath });
    const { console } = await machine.powerOn();
    const begun = () => console.expect('it waits', { timeoutMs: 60_000 });
    await bench.step('the script begins', begun, { category: 'boot', machine: 'alpha' });
    await console.send('\x03');
    await console.expect('ASSAY STEP failed wait SCRIPT_GIVEN_UP');
    await console.expect('ASSAY PROMPT');
    bench.check('the script has begun once', (await console.run('cat /tmp/begun')).output, 'began\n');
    const { output } = await console.run('ps | grep -c "[s]leep 86400" || true');
    bench.check('nothing of it is left', output, '0\n');
    await console.releaseShell();
    await console.sendLine('sleep 1000');
    await console.send('\x03');
    bench.check('at the prompt Ctrl-C is as usual', (await console.run('echo here')).output, 'here\n');
  },
);
