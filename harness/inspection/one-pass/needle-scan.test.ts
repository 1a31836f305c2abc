import { createHash } from 'node:crypto';
import t from 'tap';
import { runTool } from '../../../foundation/index.ts';
import { NeedleScan } from './needle-scan.ts';
import { mostAfterBytes, mostBeforeBytes, needles } from './needles.ts';

const shadowHash = `$6$abcdefgh$${'x'.repeat(86)}`;
const shadowLine = `root:${shadowHash}:19000:0:99999:7:::`;

/** `password-hash-on-disk@17 …`, shown in parts that end at the cuts. */
function found(bytes: Buffer, cuts: readonly number[] = [], limits = {}): string[] {
  const scan = new NeedleScan(needles, limits);
  const memory = Buffer.alloc(bytes.length);
  let at = 0;
  for (const end of [...cuts, bytes.length]) {
    const part = bytes.subarray(at, end);
    part.copy(memory);
    scan.onData(at, memory.subarray(0, part.length));
    memory.fill(0xee);
    at = end;
  }
  return scan.finish().hits.map(({ needle, offsetBytes }) => `${needle.kind.id}@${offsetBytes}`);
}

function text(content: string): Buffer {
  return Buffer.from(content, 'latin1');
}

async function newKeys(): Promise<{
  pkcs8: string;
  ec: string;
  openssh: string;
  encrypted: string;
  large: string;
}> {
  const openssl = async (...words: string[]) => (await runTool('openssl', words)).stdout;
  const ec = await openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout');
  const folder = t.testdir();
  await runTool('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', `${folder}/key`]);
  return {
    ec,
    pkcs8: await openssl('genpkey', '-algorithm', 'ed25519'),
    openssh: (await runTool('cat', [`${folder}/key`])).stdout,
    encrypted: (await runTool('openssl', ['ec', '-aes128', '-passout', 'pass:x'], { input: ec })).stdout,
    large: await openssl('genrsa', '-traditional', '4096'),
  };
}

t.test('real private keys of all kinds, and what is said about them is not the key', async (t) => {
  for (const [name, key] of Object.entries(await newKeys())) {
    const scan = new NeedleScan();
    scan.onData(0, text(`before${key}after`));
    const { hits, counts } = scan.finish();
    t.match(hits, [{ needle: { kind: { id: 'private-key-on-disk' } }, offsetBytes: 6 }], name);
    t.equal(
      counts.reduce((sum, count) => sum + count.found, 0),
      1,
    );
    const recognised = key.slice(0, hits[0]!.lengthBytes);
    t.equal(
      key
        .slice(recognised.length)
        .trim()
        .replace(/^-----END .*PRIVATE KEY-----$/, ''),
      '',
      'as a whole',
    );
    const digest = createHash('sha256').update(recognised).digest('hex');
    const header = /-----BEGIN (.*?)-----/.exec(key)![1];
    t.equal(hits[0]!.evidence, `PEM ${header}, SHA-256 ${digest.slice(0, 8)}…`);
  }
});

t.test('keys in JSON, with the line breaks of Windows, and what only looks like one', async (t) => {
  const { pkcs8, openssh } = await newKeys();
  t.same(found(text(JSON.stringify({ private_key: pkcs8 }))), ['private-key-on-disk@16']);
  t.same(found(text(pkcs8.replaceAll('\n', '\r\n'))), ['private-key-on-disk@0']);
  t.same(found(text(openssh.slice(0, 100))), ['private-key-on-disk@0'], 'cut off by another file');
  t.same(found(text('-----BEGIN OPENSSH PRIVATE KEY-----\n\0-----END OPENSSH PRIVATE KEY-----\n')), []);
  t.same(found(text(`-----BEGIN CERTIFICATE-----\n${'A'.repeat(200)}`)), []);
  t.same(found(text(`-----BEGIN PUBLIC KEY-----\n${'A'.repeat(200)}`)), []);
  t.same(found(text(`-----BEGIN PRIVATE KEY-----\n${'A'.repeat(20)}`)), []);
});

t.test('lines of shadow files', async (t) => {
  const hashes = {
    6: shadowHash,
    5: `$5$rounds=5000$abcdefgh$${'y'.repeat(43)}`,
    1: `$1$abcdefgh$${'z'.repeat(22)}`,
    y: `$y$j9T$${'s'.repeat(22)}$${'h'.repeat(43)}`,
  };
  for (const [method, hash] of Object.entries(hashes)) {
    const scan = new NeedleScan();
    scan.onData(0, text(`\nadmin:${hash}:19000:`));
    t.match(
      scan.finish().hits,
      [{ offsetBytes: 7, evidence: new RegExp(`^shadow line of admin, method \\$${method}\\$, SHA-256`) }],
      method,
    );
  }
  for (const method of ['6', 'y']) {
    const { stdout } = await runTool('mkpasswd', [
      '-m',
      method === '6' ? 'sha-512' : 'yescrypt',
      'pass',
    ]).catch(() => ({ stdout: method === '6' ? `${shadowHash}\n` : `${hashes.y}\n` }));
    t.equal(found(text(`root:${stdout.trim()}:1:`)).length, 1, 'as mkpasswd makes them, where it is');
  }
  t.same(found(text(`root:!${shadowHash}:1:`)), ['password-hash-on-disk@6'], 'locked, but there');
  t.same(found(text(`${shadowHash}:`)), [], 'without a name');
  t.same(found(text(`ROOT:${shadowHash}:`)), []);
  t.same(
    found(text(`${'-'.repeat(99)}root:${shadowHash}:`)),
    ['password-hash-on-disk@104'],
    'behind other text',
  );
  t.same(found(text(`root:${shadowHash.slice(0, -1)}:1:`)), [], 'too short');
  t.same(found(text(`root:${shadowHash}x:1:`)), [], 'too long');
});

t.test('tokens and WireGuard', async (t) => {
  const secret = 'a'.repeat(20) + 'B1/+'.repeat(5);
  t.same(found(text(`aws_secret_access_key = ${secret}\n`)), ['cloud-token-on-disk@0']);
  t.same(
    found(text('aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n')),
    [],
    'of the manual',
  );
  t.same(found(text(`aws_secret_access_key = ${secret}a\n`)), []);
  t.same(found(text(`x ghp_${'aB3'.repeat(12)} x`)), ['cloud-token-on-disk@2']);
  t.same(found(text(`ghp_${'aB3'.repeat(11)}`)), []);
  t.same(found(text(`github_pat_${'a'.repeat(22)}_${'b'.repeat(59)}`)), ['cloud-token-on-disk@0']);
  t.same(found(text('#PublicKey and privateKey = of something else')), []);
  const key = `${'k'.repeat(42)}8=`;
  t.same(found(text(`PrivateKey = ${key}\n`)), ['wireguard-key-on-disk@3']);
  t.same(found(text(`PrivateKey = ${'k'.repeat(42)}9=\n`)), [], '32 bytes in Base64 cannot end so');
});

t.test('LUKS headers, where one can begin', async (t) => {
  const one = text(`LUKS\xba\xbe\0\x01aes\0`);
  const two = text('LUKS\xba\xbe\0\x02\0\0\0\0\0\0\x40\0');
  const disk = Buffer.alloc(8192);
  one.copy(disk, 512);
  two.copy(disk, 4096);
  one.copy(disk, 5000);
  text('LUKS\xba\xbe\0\x03aes\0').copy(disk, 6144);
  text('LUKS\xba\xbe').copy(disk, 7168);
  t.same(found(disk), ['luks-header-on-disk@512', 'luks-header-on-disk@4096']);
});

t.test('needles over every border of two pieces, and of three', async (t) => {
  const { openssh } = await newKeys();
  const content = `${'-'.repeat(100)}${shadowLine}\n${openssh}`;
  const bytes = text(content);
  const expected = [`password-hash-on-disk@${105}`, `private-key-on-disk@${content.indexOf('-----BEGIN O')}`];
  t.same(found(bytes), expected);
  for (let cut = 1; cut < bytes.length; cut += 1) {
    const same = JSON.stringify(found(bytes, [cut])) === JSON.stringify(expected);
    if (!same) t.fail(`cut at ${cut}`);
  }
  t.same(
    found(
      bytes,
      Array.from({ length: bytes.length - 1 }, (_, index) => index + 1),
    ),
    expected,
    'byte by byte',
  );
});

t.test('needles at the borders of large pieces', async (t) => {
  const surroundings = mostBeforeBytes + mostAfterBytes;
  const pieceBytes = 4 * surroundings;
  const line = text(shadowLine);
  for (const inPiece of [0, 1, mostBeforeBytes, surroundings, surroundings * 2, pieceBytes - surroundings]) {
    for (let shift = -line.length; shift <= 2; shift += 1) {
      const at = pieceBytes + inPiece + shift;
      const bytes = Buffer.alloc(3 * pieceBytes, 0x41);
      line.copy(bytes, at);
      bytes[at - 1] = 10;
      const hits = found(bytes, [pieceBytes, 2 * pieceBytes]);
      if (hits.join() !== `password-hash-on-disk@${at + 5}`) t.fail(`${hits} at ${at}`);
    }
  }
  const bytes = Buffer.alloc(2 * pieceBytes, 0x41);
  text(`\n${shadowLine}`).copy(bytes, bytes.length - line.length - 1);
  t.same(
    found(bytes, [pieceBytes]),
    [`password-hash-on-disk@${bytes.length - line.length + 5}`],
    'at the very end',
  );
});

t.test('next to holes, and not over them', async (t) => {
  const { pkcs8 } = await newKeys();
  const key = text(pkcs8);
  for (const holeBytes of [1, 100, mostAfterBytes, 10 * mostAfterBytes, 2 ** 40]) {
    const scan = new NeedleScan();
    const half = Math.floor(key.length / 2);
    scan.onHole(0, holeBytes);
    scan.onData(holeBytes, key);
    scan.onHole(holeBytes + key.length, holeBytes);
    scan.onData(2 * holeBytes + key.length, key);
    const third = 2 * holeBytes + 2 * key.length;
    scan.onData(third, key.subarray(0, 20));
    scan.onHole(third + 20, half);
    scan.onData(third + 20 + half, key.subarray(20));
    t.same(
      scan.finish().hits.map(({ offsetBytes }) => offsetBytes),
      [holeBytes, 2 * holeBytes + key.length],
      `holes of ${holeBytes} bytes`,
    );
  }
});

t.test('hits are bounded and the rest is counted; so is looking', async (t) => {
  const many = text(`\n${shadowLine}`.repeat(50));
  const scan = new NeedleScan(needles, { mostHits: 3 });
  scan.onData(0, many);
  const { hits, counts } = scan.finish();
  t.equal(hits.length, 3);
  const hashes = counts.find(({ needle }) => needle.kind.id === 'password-hash-on-disk')!;
  t.equal(hashes.found, 50);
  t.equal(hashes.endedAtBytes, undefined);

  const hostile = new NeedleScan(needles, { mostCandidates: 10 });
  hostile.onData(0, text('$6$'.repeat(1000)));
  hostile.onData(3000, many);
  const after = hostile.finish().counts.find(({ needle }) => needle.kind.id === 'password-hash-on-disk')!;
  t.equal(after.found, 0);
  t.equal(after.endedAtBytes, 27);
});
