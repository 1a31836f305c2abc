import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { HostStrain } from './host-strain.ts';

/** Counters that stand where the test puts them. */
function counters() {
  const at = { stolenMs: 5_000, memoryStallMs: 7_000 };
  return { at, stolenMs: () => at.stolenMs, memoryStallMs: () => at.memoryStallMs };
}

t.test('what the hypervisor withheld, and waits for memory, are named with their share', async (t) => {
  const counted = counters();
  using strain = new HostStrain(counted);
  await sleep(1_050);
  counted.at.stolenMs += 10_000 * availableParallelism();
  t.match(strain.evidence(), /^the hypervisor withheld \d+ % of the processor time(?:;|$)/);
  counted.at.memoryStallMs += 10_000;
  t.match(strain.evidence(), /processor time; processes waited for memory \d+ % of the time(?:;|$)/);
});

t.test('shares of a moment say nothing: a tick or two would be most of it', async (t) => {
  const counted = counters();
  using strain = new HostStrain(counted);
  await sleep(20);
  counted.at.stolenMs += 10_000;
  counted.at.memoryStallMs += 10_000;
  // On a host that holds the test itself up for a second the moment is none.
  if (performance.now() - strain.startMs > 900) t.pass('this host strains');
  else t.equal(strain.evidence(), undefined);
});

t.test('a host at ease is no excuse', async (t) => {
  const counted = counters();
  using strain = new HostStrain(counted);
  await sleep(1_050);
  counted.at.stolenMs += 10;
  counted.at.memoryStallMs += 10;
  t.notMatch(strain.evidence() ?? '', /hypervisor|memory/);
});
