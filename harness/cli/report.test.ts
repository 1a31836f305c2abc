import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, readlink, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { makePlace, type Place } from '../../tests/command-line.ts';

const three = `
import { writeFileSync } from 'node:fs';
const plain = { summary: 's', needs: { machines: 0 } };
const keep = async (bench, text) => {
  writeFileSync(bench.workFolder + '/found.json', text);
  await bench.artifact(bench.workFolder + '/found.json', 'json');
};
scenario('a', plain, (bench) => keep(bench, 'of a'));
scenario('b', plain, async (bench) => { await keep(bench, 'of b'); bench.check('b holds', 1, 2); });
scenario('c', plain, () => {});
`;

interface Report {
  runId: string;
  state: string;
  counts: Record<string, number>;
  error?: { code: string };
  scenarios: {
    name: string;
    scenarioId: string;
    repeat: number;
    artifacts: { path: string }[];
    evidence: { path: string }[];
  }[];
}

async function runShards(place: Place, of: number): Promise<void> {
  for (let number = 1; number <= of; number += 1) {
    await place.assay(['run', '--shard', `${number}/${of}`, '--out', `shard-${number}`]);
  }
}

const latestOf = (place: Place) => readlink(join(place.folder, '.assay/runs/latest'));

t.test('show: the newest run, one by its id or its folder, as it was printed', async (t) => {
  await using place = await makePlace({ 'three.ts': three });
  const first = await place.assay(['run', 'b', '--plain']);
  const firstId = await latestOf(place);
  await place.assay(['run', 'a']);
  const [time, shortId] = firstId.split('-') as [string, string];
  const shown = await place.assay(['report', 'show', shortId]);
  t.equal(shown.exitCode, 0, 'the run failed, the command did not');
  t.ok(first.stdout.endsWith(shown.stdout), 'the same summary, to the last line');
  for (const word of [
    firstId,
    shortId.slice(0, 6),
    `.assay/runs/${firstId}`,
    `.assay/runs/${firstId}/events.jsonl`,
  ]) {
    t.equal((await place.assay(['report', 'show', word])).stdout, shown.stdout, word);
  }
  t.match((await place.assay(['report', 'show'])).stdout, '1 passed, 0 failed');
  const json = await place.assay(['report', 'show', shortId, '--json']);
  t.equal(json.stdout, await readFile(join(place.folder, '.assay/runs', firstId, 'summary.json'), 'utf8'));

  t.match(await place.assay(['report', 'show', time.slice(0, 4)]), {
    exitCode: 2,
    stderr: /one run whose id begins so/,
  });
  t.match(await place.assay(['report', 'show', 'zzz']), {
    exitCode: 2,
    stderr: /got: {6}2 runs, the newest: /,
  });
  t.match(await place.assay(['report', 'show', 'scenarios/']), {
    exitCode: 2,
    stderr: /REPORTS_LOG_UNREADABLE/,
  });
});

t.test('show: the evidence is named as it is reached from here', async (t) => {
  await using place = await makePlace({ 'three.ts': three });
  await place.assay(['run', 'b', '--out', 'made/here']);
  await rename(join(place.folder, 'made'), join(place.folder, 'fetched'));
  const { stdout } = await place.assay(['report', 'show', 'fetched/here']);
  t.match(stdout, 'evidence:      fetched/here/scenarios/b (folder)');
  t.match(stdout, /\nevidence: fetched\/here\n$/);
});

const endless = `
scenario('waits', { summary: 's', needs: { machines: 0 } }, async (bench) => {
  await bench.step('wait for the end', () => new Promise((_, reject) => {
    const alive = setInterval(() => {}, 1000);
    bench.signal.addEventListener('abort', () => { clearInterval(alive); reject(bench.signal.reason); });
  }));
});
`;

t.test('a run that goes on is shown as such, and not merged; a killed one is broken off', async (t) => {
  await using place = await makePlace({ 'endless.ts': endless });
  const { child, ended, shows } = place.start(['run']);
  await shows('wait for the end');
  t.match((await place.assay(['report', 'show'])).stdout, /running {2}waits[\s\S]*the run is still going on/);
  t.match(await place.assay(['report', 'merge', 'latest', '--out', 'all']), {
    exitCode: 2,
    stderr: /HARNESS_RUN_LIVE/,
  });
  t.notOk(existsSync(join(place.folder, 'all')));
  child.kill('SIGKILL');
  await ended;
  t.match((await place.assay(['report', 'show'])).stdout, 'the runner ended before the run did');
  const merged = await place.assay(['report', 'merge', 'latest', '--out', 'all']);
  t.equal(merged.exitCode, 3);
  t.match(
    merged.stdout,
    /warning: .*: the runner ended before the run did[\s\S]*REPORTS_MERGE_PARTIAL[\s\S]*1 errored/,
  );
});

t.test('merge: the shards of a run become one, and its paths lead to the evidence', async (t) => {
  await using place = await makePlace({ 'three.ts': three });
  await runShards(place, 2);
  const { exitCode, stdout } = await place.assay(['report', 'merge', 'shard-1', 'shard-2', '--out', 'all']);
  t.equal(exitCode, 1, 'that of the merged outcome');
  t.match(stdout, /\n2 passed, 1 failed, 0 errored, 0 skipped\nmerged 2 runs into all\n$/);
  const all = join(place.folder, 'all');
  for (const file of ['events.jsonl', 'summary.json', 'junit.xml', 'results.tap'])
    t.ok(existsSync(join(all, file)), file);
  const report: Report = JSON.parse(await readFile(join(all, 'summary.json'), 'utf8'));
  t.match(report, { state: 'ended', counts: { passed: 2, failed: 1 } });
  t.equal(report.error, undefined);
  t.same(report.scenarios.map(({ name }) => name).sort(), ['a', 'b', 'c']);
  const b = report.scenarios.find(({ name }) => name === 'b')!;
  t.equal(await readFile(join(all, b.artifacts[0]!.path), 'utf8'), 'of b', 'from the merged folder');
  t.ok(existsSync(join(place.folder, b.evidence[0]!.path)), 'from where the command ran');
  const shown = await place.assay(['report', 'show', 'all', '--json']);
  t.equal(shown.stdout, await readFile(join(all, 'summary.json'), 'utf8'), 'made from the merged log');
});

t.test('merge --copy stands for itself, without scratch files', async (t) => {
  await using place = await makePlace({ 'three.ts': three });
  await runShards(place, 2);
  await place.assay(['report', 'merge', 'shard-1', 'shard-2', '--out', 'all', '--copy']);
  for (const name of ['shard-1', 'shard-2']) await rm(join(place.folder, name), { recursive: true });
  await cp(join(place.folder, 'all'), join(place.folder, 'moved'), { recursive: true });
  const report: Report = JSON.parse(await readFile(join(place.folder, 'moved/summary.json'), 'utf8'));
  const b = report.scenarios.find(({ name }) => name === 'b')!;
  t.equal(b.artifacts[0]!.path, `scenarios/${b.scenarioId}/found.json`);
  t.equal(await readFile(join(place.folder, 'moved', b.artifacts[0]!.path), 'utf8'), 'of b');
  t.ok(existsSync(join(place.folder, b.evidence[0]!.path)));
  t.notOk(existsSync(join(place.folder, 'moved/scenarios', b.scenarioId, 'work')));
});

t.test('merge: the same scenario in two runs counts twice; a run that is named twice does not', async (t) => {
  await using place = await makePlace({ 'three.ts': three });
  await place.assay(['run', 'a', '--out', 'one']);
  await place.assay(['run', 'a']);
  const words = [
    'report',
    'merge',
    'one',
    './one',
    'latest',
    await latestOf(place),
    '--out',
    'all',
    '--json',
  ];
  const { exitCode, stdout, stderr } = await place.assay(words);
  t.equal(exitCode, 0);
  t.match(stderr, /note: \.\/one is named twice, and taken once\nnote: \d{8}T\S+ is named twice/);
  const report = JSON.parse(stdout) as Report;
  t.same(
    report.scenarios.map(({ scenarioId, repeat }) => [scenarioId, repeat]),
    [
      ['1.a', 1],
      ['2.a', 2],
    ],
  );
  await cp(join(place.folder, 'one'), join(place.folder, 'copy'), { recursive: true });
  const twice = await place.assay(['report', 'merge', 'one', 'copy', '--out', 'again']);
  t.match(twice, { exitCode: 2, stderr: /copy[\s\S]*one holds this run, too[\s\S]*REPORTS_MERGE_TWICE/ });
});

t.test('merge: what it refuses, and what it says of a part', async (t) => {
  await using place = await makePlace({ 'three.ts': three });
  await runShards(place, 3);
  const part = await place.assay(['report', 'merge', 'shard-1', 'shard-3', '--out', 'part', '--json']);
  t.match(JSON.parse(part.stdout), { error: { code: 'REPORTS_MERGE_PARTIAL' } });
  const passedOnly = (JSON.parse(part.stdout) as Report).counts.failed === 0;
  t.equal(part.exitCode, passedOnly ? 3 : 1);
  const full = await place.assay(['report', 'merge', 'shard-1', '--out', 'part']);
  t.match(full, { exitCode: 3, stderr: /an empty folder[\s\S]*HARNESS_FOLDER_UNUSABLE/ });

  const newer = join(place.folder, 'newer');
  await mkdir(newer);
  const log = await readFile(join(place.folder, 'shard-1/events.jsonl'), 'utf8');
  await writeFile(join(newer, 'events.jsonl'), log.replace('"schemaVersion":1', '"schemaVersion":9'));
  const refused = await place.assay(['report', 'merge', 'shard-1', 'newer', '--out', 'mixed']);
  t.match(refused, {
    exitCode: 2,
    stderr: /newer\/events\.jsonl[\s\S]*schema version 9[\s\S]*REPORTS_LOG_NEWER/,
  });
  t.notOk(existsSync(join(place.folder, 'mixed')), 'nothing is written');
});

t.test('open: writes the page where there is none, and says how to open it without a display', async (t) => {
  await using place = await makePlace({ 'three.ts': three });
  await place.assay(['run', 'a']);
  const page = join(await realpath(join(place.folder, '.assay/runs/latest')), 'report.html');
  await rm(page, { force: true });
  const noDisplay = { DISPLAY: '', WAYLAND_DISPLAY: '' };
  const { exitCode, stdout, stderr } = await place.assay(['report', 'open'], noDisplay);
  t.equal(exitCode, 0);
  t.ok(existsSync(page));
  t.match(stdout, /^\.assay\/runs\/\S+\/report\.html\n$/);
  t.match(stderr, `file://${page}`);
  await writeFile(page, 'old');
  t.same(JSON.parse((await place.assay(['report', 'open', '--json'], noDisplay)).stdout), {
    path: page,
    opened: false,
  });
  t.equal(await readFile(page, 'utf8'), 'old', 'one that is there stays');
  await place.assay(['report', 'open', '--renew'], noDisplay);
  t.not(await readFile(page, 'utf8'), 'old');
});

t.test('report has to be told what to do', async (t) => {
  await using place = await makePlace();
  t.match(await place.assay(['report']), { exitCode: 2, stderr: /which of show, open, merge\?/ });
  t.match(await place.assay(['report', 'merge', 'x']), { exitCode: 2, stderr: /out/ });
  t.match(await place.assay(['report', 'show', '--jsn']), {
    exitCode: 2,
    stderr: /did you mean --json\? assay report show --help/,
  });
  const help = await place.assay(['report', 'merge', '--help']);
  t.match(help.stdout, /--copy[\s\S]*Examples:[\s\S]*shard-\*/);
});
