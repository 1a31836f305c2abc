import t from 'tap';
import { meetEachOnce } from './fixtures/meet-each-once.ts';
import { readyLiars } from './ready-liars.ts';

await meetEachOnce(t, readyLiars);
