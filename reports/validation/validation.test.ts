import t from 'tap';
import { create } from 'xmlbuilder2';
import { sampleProof, sampleReport } from './fixtures/sample-report.ts';
import {
  toldFindings,
  validationHtml,
  validationJunit,
  validationReportSchema,
  validationSarif,
  validationText,
} from './index.ts';

const isHarmless = (text: string) => !/\p{Cf}|[^\P{Cc}\n]/u.test(text);

t.test('errors come first, what was accepted last', (t) => {
  t.same(
    toldFindings(sampleReport()).map(({ kind }) => kind),
    ['machine-id', 'not-read', 'unused', 'unaligned'],
  );
  t.end();
});

t.test('the file has a strict schema', (t) => {
  t.same(validationReportSchema.parse(JSON.parse(JSON.stringify(sampleReport()))), sampleReport());
  t.notOk(validationReportSchema.safeParse({ ...sampleReport(), more: 1 }).success);
  t.end();
});

t.test('for a terminal: the verdict is the last line, and errors are told whole', (t) => {
  const text = validationText(sampleReport(), { color: false });
  t.ok(isHarmless(text));
  const lines = text.trimEnd().split('\n');
  t.equal(lines.at(-1), 'NOT FIT');
  t.equal(lines.at(-2), '1 error has to be put right.');
  t.match(text, /^ {2}8 GiB, 1\.5 GiB of it allocated$/m);
  t.match(
    text,
    /error[^\n]*the machine id is left over\n[^\n]*32 digits\n +Every clone has the same\.\n +fix: Remove it\.\n +machine-id, machine-id\(5\)/,
  );
  t.match(text, /\? open {5}a file system was not read/);
  t.match(
    text,
    /accepted {3}a partition is not aligned: partition 1: sector 63 \(unaligned, accepted: A flash disk/,
  );
  t.match(validationText(sampleReport(), { color: true }), '\u001b[31m');
  t.end();
});

t.test('SARIF: each kind is a rule, each finding a result that leads to it', (t) => {
  const log = JSON.parse(validationSarif(sampleReport()));
  const [run] = log.runs;
  t.equal(log.version, '2.1.0');
  t.same(
    run.tool.driver.rules.map(({ id }: { id: string }) => id),
    sampleReport().kinds.map(({ id }) => id),
  );
  for (const { ruleId, ruleIndex } of run.results) t.equal(run.tool.driver.rules[ruleIndex].id, ruleId);
  const [first] = run.results;
  t.equal(first.level, 'error');
  t.same(first.locations[0].physicalLocation.region, { byteOffset: 4096, byteLength: 33 });
  t.equal(first.locations[0].physicalLocation.artifactLocation.uri, 'file:///tmp/nas%20&%20co.img');
  const linked = sampleReport({ findings: [{ kind: 'unused', where: '[x](y) {0} \\', evidence: 'z' }] });
  const [result] = JSON.parse(validationSarif(linked)).runs[0].results;
  t.equal(result.message.text, 'space is not used: \\[x\\](y) {{0}} \\\\: z');
  t.equal(run.artifacts[0].location.uri, 'file:///tmp/nas%20&%20co.img');
  t.equal(run.artifacts[0].hashes['sha-256'], 'cd'.repeat(32));
  t.equal(run.results.at(-1).suppressions[0].justification, 'A flash disk <no> matter.');
  t.end();
});

t.test('JUnit: errors fail, what is left open is an error, the rest passes', (t) => {
  const text = validationJunit(sampleReport());
  const suite = create(text).end({ format: 'object' }) as unknown as {
    testsuites: {
      testsuite: { '@tests': string; '@failures': string; '@errors': string; testcase: object[] };
    };
  };
  const { testsuite } = suite.testsuites;
  t.match(testsuite, { '@tests': '4', '@failures': '1', '@errors': '1' });
  const [machineId, notRead, unaligned, unused] = testsuite.testcase;
  t.match(machineId, { failure: { '@type': 'machine-id' } });
  t.match(notRead, { error: {} });
  t.notOk('failure' in unaligned! || 'error' in unaligned!);
  t.match(unused, { 'system-out': /7 GiB/ });
  t.end();
});

t.test('HTML: it runs nothing, fetches nothing, and shows what the disk has as text', (t) => {
  const page = validationHtml(sampleReport());
  t.ok(isHarmless(page));
  t.notMatch(page, /<script|<b>EFI/);
  t.match(page, '&lt;b>EFI');
  t.match(page, "default-src 'none'; style-src 'sha256-");
  t.match(page, /<h2 id="errors">Errors \(1\)/);
  t.match(page, /<h2 id="left-open">Left open \(1\)/);
  t.match(page, /<h2 id="accepted">Accepted \(1\)/);
  t.equal(page, validationHtml(sampleReport()));
  t.notMatch(validationHtml(sampleReport({ findings: [], verdict: 'fit' })), 'id="errors"');
  t.end();
});

t.test('what came of starting clones is in every form', (t) => {
  const report = sampleReport({ scope: 'dynamic', proof: sampleProof() });
  t.same(validationReportSchema.parse(JSON.parse(JSON.stringify(report))), report);
  const text = validationText(report, { color: false });
  t.ok(isHarmless(text));
  t.match(text, /^1 of 2 clones became ready$/m);
  t.match(text, 'clone-1 12 blocks; the same on all: 3 blocks, 1 file\n');
  t.match(text, /clone-1: boot 1 ready after 1m 1.0s, off after 5.0s; boot 2 ready after 48.0s: it was/);
  t.match(text, /identities: 2 compared, 1 amiss\n {4}machine ID \(\/etc\/machine-id\): the same on several/);
  t.match(text, /the same on all: 3 blocks, 1 files?/);
  t.match(text, 'original before clone: ready after 1m 10.0s; written: original (0 blocks)');
  t.match(text, 'file-system-damaged: failed: it was never ready');
  const page = validationHtml(report);
  t.ok(isHarmless(page));
  t.notMatch(page, /<b>not|<i>key/);
  t.match(page, /<h2 id="identities">[\s\S]*machine ID[\s\S]*host name/, 'what is amiss comes first');
  for (const id of ['clones', 'divergence', 'together', 'drills']) t.match(page, `<h2 id="${id}">`);
  t.notMatch(validationHtml(sampleReport()), 'id="clones"');
  const suites = create(validationJunit(report)).end({ format: 'object' }) as unknown as {
    testsuites: { '@tests': string; '@failures': string; testsuite: Record<string, string>[] };
  };
  t.match(suites.testsuites, { '@tests': '9', '@failures': '4' });
  t.match(suites.testsuites.testsuite[1], { '@tests': '5', '@failures': '3' });
  t.end();
});
