import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import type { DiskFault, Machine } from '../../../vm/index.ts';
import { diskFaultSchema } from '../../../vm/index.ts';
import { smallDisk } from '../../witness/fixtures/small-disk.ts';
import { DrilledDisk } from './fixtures/drilled-disk.ts';
import { faultCatalogue } from './index.ts';

const disk = await DrilledDisk.make(t);

/** A machine whose disk writes down the faults that it gets. */
function paperMachine() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const given: { disk: string; fault: DiskFault; stops: number }[] = [];
  let evidence: string | undefined;
  const machine = {
    name: 'alpha',
    disk: (name: string) => ({
      addFault: (fault: DiskFault) => {
        const one = { disk: name, fault: diskFaultSchema.parse(fault), stops: 0 };
        given.push(one);
        return {
          happened: promise,
          evidence: () => evidence,
          stop: () => {
            one.stops += 1;
          },
        };
      },
    }),
  } as unknown as Machine;
  const hit = () => {
    evidence = 'write 3 was answered with EIO';
    resolve();
  };
  return { machine, given, hit };
}

const root = { first: smallDisk.root.firstSector, count: smallDisk.root.sectors };

/** Each rule that a fault is, by the text of the fault. */
const rules: Record<string, object> = {
  'read-errors': { kind: 'error', of: 'read', errno: 'EIO' },
  'read-errors first=8 count=4': { kind: 'error', of: 'read', errno: 'EIO', sectors: { first: 8, count: 4 } },
  'write-errors partition=primary-root times=2': {
    ...{ kind: 'error', of: 'write', errno: 'EIO', sectors: root, times: 2 },
  },
  'write-errors partition=2 first=10': {
    ...{ kind: 'error', of: 'write', errno: 'EIO', sectors: { first: root.first + 10, count: 1 } },
  },
  'flush-errors times=1': { kind: 'error', of: 'flush', errno: 'EIO', times: 1 },
  'disk-full': { kind: 'error', of: 'write', errno: 'ENOSPC' },
  'reads-corrupted partition=primary-root': { kind: 'corrupt-reads', sectors: root, seed: 'seven' },
  'writes-dropped': { kind: 'drop-writes', times: 1 },
  'writes-misdirected times=3': { kind: 'misdirect-writes', bySectors: 8, times: 3 },
  'disk-slow': { kind: 'slow', delayMs: 5 },
  'disk-slow delayMs=0 kibPerSecond=64': { kind: 'slow', delayMs: 0, bytesPerSecond: 65_536 },
  'disk-hangs': { kind: 'hang' },
  'disk-gone': { kind: 'gone' },
};

t.test('a fault of a disk in motion is one rule of the disk, and ends when it is stopped', async (t) => {
  for (const [text, rule] of Object.entries(rules)) {
    await t.test(text, async (t) => {
      const { machine, given, hit } = paperMachine();
      const { injected } = await disk.inject(text, { machine });
      t.same(given, [{ disk: 'system', fault: rule, stops: 0 }]);
      t.equal(injected.proof(), undefined, 'nothing has met it yet');
      hit();
      await injected.happened;
      t.equal(injected.proof(), 'write 3 was answered with EIO');
      await injected.stop!();
      t.equal(given[0]!.stops, 1);
    });
  }
  const tested = new Set(Object.keys(rules).map((text) => text.split(' ')[0]));
  const all = faultCatalogue.filter(({ layer }) => layer === 'disk-in-motion').map(({ name }) => name);
  t.same([...tested].sort(), all.sort(), 'every one is tested');
});

t.test('a fault for some time begins to end when it has met something', async (t) => {
  const { machine, given, hit } = paperMachine();
  const { injected } = await disk.inject('disk-gone seconds=0.01', { machine });
  await delay(50);
  t.equal(given[0]!.stops, 0);
  hit();
  while (given[0]!.stops === 0) await delay(5);
  await injected.stop!();
  t.equal(given[0]!.stops, 2, 'stopping it again does no harm');
});

t.test('sectors that are not of the partition are refused', async (t) => {
  const { machine, given } = paperMachine();
  const text = `read-errors partition=primary-root first=${root.count - 1} count=2`;
  await t.rejects(disk.inject(text, { machine }), { code: 'DRILLS_NOT_APPLICABLE' });
  await t.rejects(disk.inject('writes-misdirected bySectors=0', { machine }), {
    code: 'FOUNDATION_CONFIG_INVALID',
  });
  t.same(given, []);
});
