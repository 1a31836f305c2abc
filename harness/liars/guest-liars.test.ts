import t from 'tap';
import { meetEachOnce } from './fixtures/meet-each-once.ts';
import { guestLiars } from './guest-liars.ts';

/** Those that vm/liars.test.ts does not meet. `npm run liars` meets all. */
const sample = [
  'kernel-talks-while-commands-run',
  'restarts-and-shows-its-prompt',
  'restarts-during-a-wait',
  'restarts-during-a-command',
];

await meetEachOnce(
  t,
  guestLiars.filter(({ name }) => sample.includes(name)),
);
