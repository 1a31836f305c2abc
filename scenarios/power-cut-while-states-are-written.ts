import { redundantSet, redundantUnit, scenario } from 'assay';

/** Milliseconds after the decision: the states of both partitions are written about then. */
const momentsMs = [0, 15, 40, 90];

scenario(
  'power-cut-while-states-are-written',
  {
    summary:
      'the power fails while boot states are written; whatever lies there then, a system comes up (B3)',
    tags: ['known-state'],
    timeoutMs: 40 * 60_000,
  },
  async (bench) => {
    const unit = await redundantUnit(bench, await redundantSet(bench), 'alpha');
    for (const momentMs of momentsMs) {
      await unit.powerOn();
      const { action } = await unit.decision();
      bench.check('something is to start', action, 'boot');
      await new Promise((over) => setTimeout(over, momentMs));
      await unit.cutPower();
      const states = await unit.states();
      bench.note(`cut ${momentMs} ms after the decision: ${JSON.stringify(states)}`);
      const held = Object.keys(await unit.statesHeld());
      bench.check('every partition holds a valid copy', held, ['system-1', 'system-2']);
    }
    const up = await unit.start();
    bench.check('a system is up', /^system-[12]$/.test(up.system), true);
    await unit.powerOff();
  },
);
