import t from 'tap';
import { meetEachOnce } from './fixtures/meet-each-once.ts';
import { scenarioLiars } from './scenario-liars.ts';
import { streamLiars } from './stream-liars.ts';

await meetEachOnce(t, [...streamLiars, ...scenarioLiars]);
