import { createHash, generateKeyPairSync } from 'node:crypto';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import t from 'tap';
import { expectedEntropyBits, randomShare } from './random-share.ts';
import { likenessOf } from './secret-likeness.ts';

/** Random for whoever does not know the seed, and the same in each run. */
function noise(lengthBytes: number, seed = 'noise'): Buffer {
  const blocks = Array.from({ length: Math.ceil(lengthBytes / 64) }, (_, index) =>
    createHash('sha512').update(`${seed} ${index}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, lengthBytes);
}

const words = Buffer.from('the quick brown fox jumps over the lazy dog and runs away from it\n'.repeat(100));

t.test('how random bytes are does not depend on how many they are', async (t) => {
  for (const length of [16, 32, 64, 512, 4096, 65_536]) {
    const shares = Array.from({ length: 20 }, (_, seed) => randomShare(noise(length, `${seed}`)));
    t.ok(Math.min(...shares) > 0.92 && Math.max(...shares) < 1.06, `${length} bytes: ${Math.min(...shares)}`);
  }
  t.ok(randomShare(words) < 0.6);
  t.equal(randomShare(Buffer.alloc(100)), 0);
  t.ok(Math.abs(expectedEntropyBits(65_536, 256) - 8) < 0.01);
  // Two symbols out of two: half of the time they are the same, and have no entropy.
  t.ok(Math.abs(expectedEntropyBits(2, 2) - 0.5) < 1e-9);
});

t.test('keys in their formats, whatever their names are', async (t) => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const keys = {
    'PEM, PKCS 8': Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    'DER, PKCS 8': privateKey.export({ type: 'pkcs8', format: 'der' }),
    'DER, PKCS 8, encrypted': privateKey.export({
      ...{ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: 'x' },
    }),
    'DER, SEC 1': privateKey.export({ type: 'sec1', format: 'der' }),
    'DER, PKCS 1': rsa.export({ type: 'pkcs1', format: 'der' }),
    'OpenPGP secret key': Buffer.concat([Buffer.from([0x95, 0x01, 0xfe, 4]), noise(510)]),
  };
  for (const [name, key] of Object.entries(keys)) t.equal(likenessOf('/opt/x.gz', key), 'private-key', name);
});

t.test('random bytes and words', async (t) => {
  const uuid = '3f2a90c1-77d0-4e4b-9a55-0c1d2e3f4a5b\n';
  const expected: [string, Buffer | string, string | undefined][] = [
    ['/var/lib/systemd/random-seed', noise(512), 'secret-name'],
    ['/etc/agent/node.key', noise(32), 'secret-name'],
    ['/etc/agent/secret', 'b2f9c1d07a6e4835910fdc2b7e6a5f43\n', 'secret-name'],
    ['/loader/random-seed', noise(32), 'secret-name'],
    ['/var/lib/agent/state', noise(32), 'random'],
    ['/var/lib/agent/state', noise(16), 'random'],
    ['/var/lib/agent/vault', noise(60_000), 'random'],
    ['/var/lib/agent/id', uuid, 'token'],
    ['/etc/machine-id', 'b2f9c1d07a6e4835910fdc2b7e6a5f43\n', 'token'],
    ['/var/lib/agent/id', 'q8Zx0Tn5vYb2Kc7LwR4mEs9U\n', 'token'],
    ['/var/cache/agent/key.db', noise(512), 'secret-name'],
  ];
  for (const [path, content, likeness] of expected) {
    t.equal(likenessOf(path, Buffer.from(content)), likeness, `${path} ${content.length}`);
  }
});

t.test('what is as random as a key and is none, or is not random', async (t) => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), noise(4000)]);
  const expected: [string, Buffer | string][] = [
    ['/var/log/old.log.1.gz', gzipSync(noise(5000))],
    ['/boot/initrd.img', zstdCompressSync(noise(5000))],
    ['/boot/initrd.img', Buffer.concat([Buffer.from('070701'), noise(5000)])],
    ['/boot/vmlinuz', Buffer.concat([Buffer.from('MZ'), noise(5000)])],
    ['/var/lib/plocate/plocate.db', Buffer.concat([Buffer.from('\0plocate'), noise(5000)])],
    ['/var/cache/fontconfig/x.cache', noise(5000)],
    ['/srv/logo.png', png],
    ['/usr/share/keyrings/vendor.gpg', Buffer.concat([Buffer.from([0x99, 1, 0x0d, 4]), noise(269)])],
    ['/etc/ssl/certs/vendor.der', Buffer.concat([Buffer.from([0x30, 0x82, 3, 1, 0x30, 0x82]), noise(767)])],
    ['/etc/ssl/public.der', publicKey.export({ type: 'spki', format: 'der' })],
    ['/etc/ssh/ssh_host_rsa_key.pub', 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ root@nas\n'],
    ['/etc/default/keyboard', 'XKBMODEL="pc105"\nXKBLAYOUT="us"\n'],
    ['/etc/key', 'x'],
    ['/etc/secret', words],
    ['/etc/hosts.key', Buffer.alloc(4096)],
    ['/etc/version', '20261121120000-release-build-number-7\n'],
    ['/etc/zeros', '00000000000000000000000000000000\n'],
    ['/var/lib/names', 'SYSTEMD_NETWORKD_WAIT_ONLINE\n'],
  ];
  for (const [path, content] of expected) {
    t.equal(likenessOf(path, Buffer.from(content)), undefined, path);
  }
  t.equal(likenessOf('/srv/x', brotliCompressSync(noise(5000))), 'random', 'a format that nobody can tell');
});
