import t from 'tap';
import { meetEachOnce } from './fixtures/meet-each-once.ts';
import { hostLiars } from './host-liars.ts';

/** One of each kind: gone, stopped, paused, full. `npm run liars` meets all of them. */
const sample = [
  'qemu-is-killed',
  'qemu-is-stopped-for-a-while',
  'machine-is-paused-during-a-command',
  'no-disk-left-for-the-machine',
  'no-disk-left-for-the-console',
];

await meetEachOnce(
  t,
  hostLiars.filter(({ name }) => sample.includes(name)),
);
