import t from 'tap';
import { drilledEvents } from '../test-data/drilled-run.ts';
import { folded, passed, runEnded, started } from '../test-data/folded.ts';
import { htmlReport } from './html-report.ts';

/** The drills' section as lines of text, a cell each. */
function cellsOf(page: string): string[] {
  const [section = ''] = /<section id="drills"[\s\S]*?<\/section>/.exec(page) ?? [];
  return section
    .split(/<\/(?:t[hd]|p|caption)>/)
    .map((cell) =>
      cell
        .replaceAll(/<[^>]*>/g, ' ')
        .replaceAll(/\s+/g, ' ')
        .trim(),
    )
    .filter((cell) => cell !== '');
}

t.test('drills stand in a table of faults and moments', async (t) => {
  const page = htmlReport(folded(drilledEvents));
  const [, , ...cells] = cellsOf(page);
  t.strictSame(cells, [
    ...['fault', 'console:/STAGE/', 'power-on:2', 'power-on:2 and console:/STAGE/'],
    ...['bits-flipped', '\u00b7'],
    ...['\u2717 failed field in quarantine until 2026-12-31: ticket 7 (smith)', '\u00b7'],
    'power-cut lose=some',
    '\u2713 passed field well again after 12.0s \u2713 passed life well again after 41.2s',
    ...['not begun field', '\u00b7'],
    ...['bits-flipped and power-cut lose=some', '\u00b7', '\u00b7', '! errored field'],
  ]);
  t.match(page, '<a href="#drills">Drills</a>');
  t.match(page, '<a href="#failure-3">field</a>', 'what failed leads to what is said of it');
  t.match(page, '<a href="#scenario-1">field</a>');
});

t.test('a run whose only failures are in quarantine has not failed', async (t) => {
  const [ends] = drilledEvents.slice(-1);
  const known = folded([...drilledEvents.slice(0, 9), [ends![0], runEnded({ passed: 2, failed: 1 })]]);
  t.match(htmlReport(known), /<h1>.*Passed<\/h1>/);
  t.match(htmlReport(known), '2 passed, 1 failed', 'it is counted all the same');
});

t.test('without drills there is no such section', async (t) => {
  const page = htmlReport(
    folded([
      [0, started('one')],
      [1, passed('one')],
      [2, runEnded({ passed: 1 })],
    ]),
  );
  t.notMatch(page, 'id="drills"');
});
