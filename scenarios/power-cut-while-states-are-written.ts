import {
  type Bench,
  type RedundantSet,
  type RedundantUnit,
  redundantSet,
  redundantUnit,
  scenario,
} from 'assay';

scenario(
  'power-cut-while-states-are-written',
  {
    summary:
      'the power fails in every single write of the boot states; whatever lies there then, a system comes up (B3)',
    tags: ['known-state'],
    timeoutMs: 40 * 60_000,
  },
  async (bench) => {
    const set = await redundantSet(bench);
    const writes = await countWrites(await newUnit(bench, set, 'uncut'));
    bench.measure('from power-on to written states', writes, 'writes');
    const found = new Set<string>();
    const cuts = Array.from({ length: writes }, (_, index) => index + 1).flatMap((number) =>
      (['torn', 'lost'] as const).map((how) => ({ number, how })),
    );
    for (const { number, how } of cuts) {
      const unit = await newUnit(bench, set, `${how}-${number}`);
      await cutInWrite(bench, unit, number, how);
      const held = await unit.statesHeld();
      bench.check('every partition holds a valid copy', Object.keys(held), ['system-1', 'system-2']);
      const states = Object.values(held).map(({ partitions }) => partitions['system-1']?.state);
      bench.note(`write ${number} of ${writes} ${how}: partition 1 is ${states.join(', ')}`);
      found.add(states.join(', '));
      const up = await unit.start();
      bench.check('a system is up', /^system-[12]$/.test(up.system), true);
      await unit.powerOff();
    }
    bench.check('what lay there was the old, and the new on one partition only', [...found].sort(), [
      'Dirty, OK',
      'OK, OK',
    ]);
  },
);

function newUnit(bench: Bench, set: RedundantSet, name: string): Promise<RedundantUnit> {
  return redundantUnit(bench, set, name, { intercepted: ['system'] });
}

/** The writes until the states are on the disk: the line comes when all have been flushed. */
async function countWrites(unit: RedundantUnit): Promise<number> {
  await unit.powerOn();
  await unit.says('BOOT chain system-1');
  const { writes } = unit.machine.disk('system').requests;
  await unit.cutPower();
  return writes;
}

/** Pulls the plug when half of that write is on the disk: it stays there, or is lost with all that was not flushed. */
async function cutInWrite(
  bench: Bench,
  unit: RedundantUnit,
  number: number,
  how: 'torn' | 'lost',
): Promise<void> {
  const disk = unit.machine.disk('system');
  const moment = disk.atWrite({ number, when: 'middle' }, () => unit.cutPower());
  await unit.powerOn();
  const { offsetBytes, lengthBytes, sectorsWritten } = await moment.finished;
  const { lost } = await disk.loseUnflushed({ keep: how === 'torn' ? 'all' : 'none' });
  const written = `${sectorsWritten} sectors of ${lengthBytes} bytes at ${offsetBytes} were written`;
  bench.fault(`the power was cut in write ${number}`, `${written}, ${lost} writes lost`, unit.name);
}
