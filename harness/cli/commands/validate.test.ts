import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { validationReportSchema } from '../../../reports/validation/index.ts';
import { makePlace } from '../../../tests/command-line.ts';
import { makeForeignDisk, rawAreaAt } from '../../validation/fixtures/foreign-disk.ts';
import { guestFlaws, makeIdentityDisk } from '../../validation/proof/fixtures/identity-disk.ts';

const privateKey = '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v\n-----END PRIVATE KEY-----\n';
const files = {
  '/etc/machine-id': '0123456789abcdef0123456789abcdef\n',
  '/etc/hostname': 'golden\n',
};
const kindsOf = (text: string) =>
  validationReportSchema.parse(JSON.parse(text)).findings.map(({ kind }) => kind);

t.test('a badly prepared disk is not fit; the reports say why, and the disk is as it was', async (t) => {
  await using place = await makePlace();
  const image = await makeForeignDisk(join(place.folder, 'nas.img'), { files, rawArea: privateKey });
  const before = await stat(image, { bigint: true });
  const bytes = await readFile(image);
  await mkdir(join(place.folder, 'report/run'), { recursive: true });
  const done = await place.assay(['validate', 'nas.img', '--static', '--out', 'report', '--sha256']);
  t.equal(done.exitCode, 1);
  t.match(
    done.stdout,
    /error {4}the machine ID of the master is left over\n +partition 1, \/etc\/machine-id: 32 hex/,
  );
  t.notMatch(done.stdout, '0123456789abcdef0123456789abcdef', 'no identity is in the report');
  t.match(done.stdout, /\nNOT FIT\n$/);
  t.match(done.stderr, /^looking at the partition table\n/);
  t.match(done.stderr, /^report\/run is of an earlier validation, and no part of this report$/m);
  const json = await readFile(join(place.folder, 'report/validation.json'), 'utf8');
  const found = kindsOf(json);
  for (const kind of ['machine-id-left-over', 'hostname', 'raw-data-outside-partitions']) {
    t.ok(found.includes(kind), kind);
  }
  t.match(json, /private-key|pem/i, 'the key outside of partitions');
  for (const name of ['validation.html', 'validation.sarif', 'validation.xml']) {
    const report = await readFile(join(place.folder, 'report', name), 'utf8');
    t.match(report, 'machine-id-left-over', name);
    t.notMatch(report, 'MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v', name);
  }
  const after = await stat(image, { bigint: true });
  t.same([after.mtimeNs, after.ctimeNs], [before.mtimeNs, before.ctimeNs]);
  t.ok(bytes.equals(await readFile(image)));
});

t.test('what the profile accepts and declares weighs nothing', async (t) => {
  await using place = await makePlace();
  await makeForeignDisk(join(place.folder, 'nas.img'), { files, rawArea: 'LICENCE 1' });
  const accept = ['machine-id-left-over', 'nothing-boots', 'boot-code-leads-nowhere'].map(
    (finding) => `  - { finding: ${finding}, reason: it is made anew }\n`,
  );
  await writeFile(
    join(place.folder, 'nas.yaml'),
    `format: assay disk profile 1
rawAreas: [{ name: licence, at: ${rawAreaAt}B, size: 512B }]
residueRules: [own.yaml]
accept:
${accept.join('')}`,
  );
  await writeFile(join(place.folder, 'own.yaml'), 'rules: [{ id: hostname, off: true }]\n');
  const done = await place.assay(['validate', 'nas.img', '--static', '--profile', 'nas.yaml', '--json']);
  t.equal(done.exitCode, 0, done.stdout);
  const report = validationReportSchema.parse(JSON.parse(done.stdout));
  t.match(report.verdict, /^fit/);
  const kinds = report.findings.map(({ kind }) => kind);
  t.ok(kinds.includes('raw-data-declared'));
  t.notOk(kinds.includes('raw-data-outside-partitions'));
  t.notOk(kinds.includes('hostname'));
  t.equal(report.findings.find(({ kind }) => kind === 'machine-id-left-over')?.accepted, 'it is made anew');
});

t.test('what is not a raw disk, and what is used wrongly, is said so', async (t) => {
  await using place = await makePlace();
  await writeFile(join(place.folder, 'disk.qcow2'), Buffer.from('QFI\xfb\0\0\0\x03', 'latin1'));
  const packed = await place.assay(['validate', 'disk.qcow2', '--static']);
  t.match(packed, { exitCode: 2, stderr: /got: +qcow2[\s\S]*qemu-img convert[\s\S]*INSPECTION_NOT_RAW/ });
  t.match(await place.assay(['validate', 'disk.qcow2']), {
    exitCode: 2,
    stderr: /--static[\s\S]*assay init/,
  });
  const halfCertified = ['validate', 'disk.qcow2', '--static', '--certificate', 'x'];
  t.match(await place.assay(halfCertified), { exitCode: 2, stderr: /--key/ });
  t.match(await place.assay(['validate', '--static']), { exitCode: 2, stderr: /HARNESS_USAGE/ });
  t.match(await place.assay(['validate', 'none.img', '--static']), {
    exitCode: 3,
    stderr: /WITNESS_DISK_UNREADABLE/,
  });
  await writeFile(join(place.folder, 'empty.img'), '');
  t.match(await place.assay(['validate', 'empty.img', '--static', '--plain']), {
    exitCode: 1,
    stdout: /NOT FIT\n$/,
  });
});

t.test(
  'a folder that cannot be written, and a finding that there is not, are noticed before the disk is read',
  async (t) => {
    await using place = await makePlace();
    await makeForeignDisk(join(place.folder, 'nas.img'), { files });
    await writeFile(join(place.folder, 'file'), '');
    const done = await place.assay(['validate', 'nas.img', '--static', '--out', 'file/report']);
    t.match(done, { exitCode: 3, stdout: '', stderr: /HARNESS_FOLDER_UNUSABLE/ });
    t.notMatch(done.stderr, 'looking at');
    await writeFile(
      join(place.folder, 'nas.yaml'),
      'format: assay disk profile 1\naccept: [{ finding: hostnam, reason: none }]\n',
    );
    t.match(await place.assay(['validate', 'nas.img', '--static', '--profile', 'nas.yaml']), {
      exitCode: 2,
      stderr: /did you mean "hostname"[\s\S]*FOUNDATION_CONFIG_INVALID/,
    });
  },
);

t.test('docs/findings.md is what the kinds say', async (t) => {
  await using place = await makePlace();
  const { stdout } = await place.assay(['validate', '--list', '--markdown']);
  const page = await readFile(join(import.meta.dirname, '../../../docs/findings.md'), 'utf8');
  t.equal(page, stdout, 'renew it: ./assay validate --list --markdown > docs/findings.md');
  const list = await place.assay(['validate', '--list']);
  t.match(list.stdout, /^machine-id-left-over +error +the machine ID/m);
});

const startable = `format: assay disk profile 1
machine: { memory: 64MiB, nic: none }
ready: [{ console: READY }]
limits: { ready: 5min, shutDown: 5min }
`;

t.test('clones are started, and what they have in common decides', { timeout: 900_000 }, async (t) => {
  await using place = await makePlace();
  const image = await makeIdentityDisk(join(place.folder, 'nas.img'), guestFlaws.isNotRandom);
  const bytes = await readFile(image);
  await writeFile(join(place.folder, 'nas.yaml'), startable);
  const words = ['validate', 'nas.img', '--profile', 'nas.yaml', '--seed', 'seven', '--plain'];
  const done = await place.assay([...words, '--out', 'report', '--json', '--accelerator', 'tcg']);
  t.equal(done.exitCode, 1, done.stderr);
  const report = validationReportSchema.parse(JSON.parse(done.stdout));
  t.match(report, { scope: 'dynamic', verdict: 'not-fit', proof: { seed: 'seven', accelerator: 'tcg' } });
  const { clones, together, drills, divergence } = report.proof!;
  t.match(
    clones.map(({ name, boots }) => [name, boots.length]),
    [
      ['clone-1', 2],
      ['clone-2', 2],
    ],
  );
  t.match(
    together.map(({ order, written }) => [
      order[0],
      written.find(({ changedBlocks }) => changedBlocks > 0)?.disk,
    ]),
    [
      ['original', 'original'],
      ['clone', 'clone'],
    ],
  );
  t.match(drills, [{ outcome: 'passed' }]);
  t.ok(divergence!.sameOnAllBlocks > 0);
  const shared = report.findings.find(({ kind }) => kind === 'identity-shared');
  t.match(shared, { evidence: /clone-1, clone-2/ });
  t.ok(bytes.equals(await readFile(image)), 'the master is as it was');
  const consoleLog = join(place.folder, 'report/run/scenarios');
  t.ok((await readdir(consoleLog)).some((name) => name.startsWith('clone-1-boots-twice')));
  const again = await place.assay([...words, '--out', 'report']);
  t.match(again, { exitCode: 3, stderr: /report\/run[\s\S]*HARNESS_FOLDER_UNUSABLE/ }, 'runs are not mixed');
});

t.test(
  'Ctrl-C while clones run: one JSON document, 130, and where the consoles are',
  {
    timeout: 300_000,
  },
  async (t) => {
    await using place = await makePlace();
    await makeIdentityDisk(join(place.folder, 'nas.img'));
    await writeFile(join(place.folder, 'nas.yaml'), startable.replace('READY', 'NEVER'));
    const words = [
      'validate',
      'nas.img',
      '--profile',
      'nas.yaml',
      '--accelerator',
      'tcg',
      '--json',
      '--jobs',
      '1',
    ];
    const { child, ended, shows } = place.start([...words, '--out', 'report']);
    await shows('the console shows "NEVER"');
    child.kill('SIGINT');
    const { exitCode, stdout, stderr } = await ended;
    t.equal(exitCode, 130);
    t.match(JSON.parse(stdout), { error: { code: 'HARNESS_INTERRUPTED' } });
    t.equal(stderr.match(/ending the run/g)?.length, 1, 'it is said once');
    t.match(stderr, /^evidence: report\/run$/m);
    t.same(await readdir(join(place.folder, 'report')), ['run']);
  },
);

t.test('what the profile cannot give is said before anything is read or started', async (t) => {
  await using place = await makePlace();
  await makeForeignDisk(join(place.folder, 'nas.img'), { files });
  const tried = async (profile: string, more: string[] = []) => {
    await writeFile(join(place.folder, 'nas.yaml'), profile);
    const done = await place.assay(['validate', 'nas.img', '--profile', 'nas.yaml', ...more]);
    t.notMatch(done.stderr, 'looking at');
    return done;
  };
  t.match(await tried('format: assay disk profile 1\n'), { exitCode: 2, stderr: /`ready` in nas.yaml/ });
  t.match(await tried(startable, ['--clones', '0']), { exitCode: 2, stderr: /--clones/ });
  t.match(await tried(startable, ['--clones', '101']), { exitCode: 2, stderr: /1 to 100/ });
  t.match(await tried(startable, ['--jobs', '0']), { exitCode: 2, stderr: /--jobs/ });
  t.match(await tried(startable, ['--timeout-scale', 'x']), { exitCode: 2, stderr: /--timeout-scale/ });
  const login = 'console: { login: { user: root, passwordFrom: NO_SUCH_VARIABLE } }\n';
  t.match(await tried(`${startable}${login}`), {
    exitCode: 2,
    stderr: /NO_SUCH_VARIABLE[\s\S]*VALIDATION_PASSWORD_MISSING/,
  });
  t.match(await tried(`${startable}recovery: [{ damage: [no-such-fault] }]\n`), {
    exitCode: 2,
    stderr: /no-such-fault/,
  });
});

t.test('the schema of profiles and their reference are printed', async (t) => {
  await using place = await makePlace();
  const schema = await place.assay(['validate', '--schema']);
  t.match(JSON.parse(schema.stdout), { type: 'object', properties: { ready: {} } });
  const reference = await place.assay(['validate', '--schema', '--markdown']);
  const page = await readFile(join(import.meta.dirname, '../../../docs/profile.md'), 'utf8');
  t.equal(reference.stdout, page, 'renew it: ./assay validate --schema --markdown > docs/profile.md');
});
