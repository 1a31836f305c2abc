import t from 'tap';
import { meetEachOnce } from './fixtures/meet-each-once.ts';
import { hostLiars } from './host-liars.ts';

await meetEachOnce(t, hostLiars);
