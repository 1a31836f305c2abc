import t from 'tap';
import { ExploredSpan, type SpanPlace } from './explore-recording.ts';
import { randomRequests, writeFiles } from './fixtures/naive-states.ts';
import { readWriteHistory } from './write-history.ts';

t.test('what was promised after the end of the span is no promise at its last cut', async (t) => {
  const { base, requests } = randomRequests(3, { sectorCount: 32, requestCount: 20 });
  const { basePath, logPath } = await writeFiles(t.testdir(), base, requests);
  const ends = (await readWriteHistory(basePath, logPath)).entries.map(
    ({ endOffsetBytes }) => endOffsetBytes,
  );
  const place = {
    subject: {},
    recording: {
      ...{ version: 1, scenario: 's', machine: 'alpha', disk: 'system', powerOn: 1, fromBytes: 0 },
      toBytes: ends[9]!,
      disks: [{ name: 'system', basePath, logPath }],
      acknowledgements: [
        { position: ends[4]!, label: 'within' },
        { position: ends[9]!, label: 'at the end' },
        { position: ends[14]!, label: 'later' },
      ],
      sightings: [],
    },
  } as unknown as SpanPlace;
  const span = await ExploredSpan.read(place);
  t.equal(span.history.entries.length, 10);
  t.same(
    span.place.recording.acknowledgements.map(({ label }) => label),
    ['within', 'at the end'],
  );
});
