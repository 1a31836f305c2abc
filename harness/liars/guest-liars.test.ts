import t from 'tap';
import { meetEachOnce } from './fixtures/meet-each-once.ts';
import { guestLiars } from './guest-liars.ts';

await meetEachOnce(t, guestLiars);
