import t from 'tap';
import { encryptedPemKey, opensshKey, pemKey } from './fixtures/planted-residue.ts';
import { loginAccounts } from './login-accounts.ts';
import { machineIdState } from './machine-id-state.ts';
import { readFurtherHomes, readMountTable } from './mount-table.ts';
import { privateKeysIn } from './private-keys.ts';
import { settingsIn } from './settings.ts';

t.test('the machine-id trap', async (t) => {
  const id = '0123456789abcdef0123456789abcdef';
  for (const [text, wanted] of [
    ['', 'empty'],
    ['uninitialized', 'uninitialized'],
    ['uninitialized\n', 'uninitialized'],
    ['uninitialised\n', 'invalid'],
    [id, 'left-over'],
    [`${id}\n`, 'left-over'],
    [`${id.toUpperCase()}\n`, 'left-over'],
    [`${'0'.repeat(32)}\n`, 'invalid'],
    ['\n', 'invalid'],
    [' ', 'invalid'],
    [`${id}\n\n`, 'invalid'],
    [`${id}0\n`, 'invalid'],
    [id.slice(1), 'invalid'],
    ['01234567-89ab-cdef-0123-456789abcdef\n', 'invalid'],
    ['\0'.repeat(33), 'invalid'],
  ] as const) {
    t.equal(machineIdState(Buffer.from(text)), wanted, JSON.stringify(text));
  }
});

t.test('private keys by their formats', async (t) => {
  const keys = (text: string) =>
    privateKeysIn(Buffer.from(text)).map(({ format, isEncrypted }) => `${format} ${isEncrypted}`);
  t.same(keys(opensshKey), ['OpenSSH false']);
  const bcrypt = Buffer.from('openssh-key-v1\0\0\0\0\naes256-ctr\0\0\0\x06bcrypt').toString('base64');
  t.same(keys(opensshKey.replace(/^b3.*$/m, bcrypt)), ['OpenSSH true']);
  t.same(keys(pemKey), ['PKCS #8 false']);
  t.same(keys(encryptedPemKey), ['PKCS #8 true']);
  const legacy = pemKey.replaceAll('PRIVATE KEY', 'RSA PRIVATE KEY');
  t.same(keys(legacy), ['RSA false']);
  t.same(keys(legacy.replace('-----\n', '-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0\n\n')), [
    'RSA true',
  ]);
  t.same(keys(`# a comment\r\n${pemKey.replaceAll('\n', '\r\n')}`), ['PKCS #8 false']);
  t.same(keys(`{"key": "${pemKey.replaceAll('\n', '\\n')}"}`), ['PKCS #8 false'], 'in JSON');
  t.same(keys(pemKey + legacy), ['PKCS #8 false', 'RSA false']);
  t.same(keys('PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: aes256-cbc\r\n'), ['PuTTY true']);
  t.same(keys('PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\n'), ['PuTTY false']);
  t.same(keys(`-----BEGIN PGP PRIVATE KEY BLOCK-----\n${'lQWGBGHkT3QBDADMLwZ1g4D0'.repeat(2)}\n`), [
    'OpenPGP false',
  ]);
  t.same(keys('grep -q "-----BEGIN PRIVATE KEY-----" "$file"\n'), [], 'a script that looks for keys');
  t.same(keys(pemKey.replaceAll('PRIVATE', 'PUBLIC')), []);
  t.equal(privateKeysIn(Buffer.from(pemKey.repeat(1_000))).length, 20, 'no more than that');
  t.same(
    keys('-----BEGIN OPENSSH PRIVATE KEY-----\nAAAAAAAAAAAAAAAAAAAAAAAA'),
    ['OpenSSH false'],
    'cut short',
  );
});

t.test('accounts that somebody can log in to', async (t) => {
  const accounts = (text: string) =>
    loginAccounts(Buffer.from(text)).map(({ name, state, method }) => `${name} ${state} ${method}`);
  t.same(accounts('root:$6$salt$hashhashhash:1::::::\n'), ['root password SHA-512']);
  t.same(accounts('a:$y$j9T$saltsalt$hash:\nb:$2b$12$abcdefgh:\nc:$new$abcdefgh:\n'), [
    'a password yescrypt',
    'b password bcrypt',
    'c password undefined',
  ]);
  t.same(accounts('old:ab01CDefGHijk:1\nbsdi:_J9..abcdabcdabcdabc:1\n'), [
    'old password DES',
    'bsdi password DES',
  ]);
  t.same(accounts('open::1::::::\n'), ['open empty-password undefined']);
  t.same(
    accounts('a:*:\nb:!:\nc:!!:\nd:!$6$salt$hashhash:\ne:x:0:0\nf:*LK*:\ng:*NP*:\n+::::::\n#x::\n\nnone\n'),
    [],
  );
});

t.test('settings in their forms', async (t) => {
  const values = (text: string) => settingsIn(Buffer.from(text), ['Key', 'key2']).map(({ value }) => value);
  t.same(
    values(
      'key=a\nKEY = "b"\n  key: c,\nkey d\nexport key=e\n"key": "f",\n- key: g\nkey2=h;\n\'key\' = \'i\'\n',
    ),
    [...'abcdefghi'],
  );
  t.same(values('# key=a\n;key=b\n//key=c\nkeys=d\nkey=\nkey=""\nkey\nmykey=e\n'), []);
  t.same(values('key=x\0key=y\rkey=z'), [...'xyz'], 'ends of lines of others');
});

t.test('fstab and passwd', async (t) => {
  t.same(
    readMountTable(
      '#x /a\n/dev/sda2 /my\\040data/ ext4 rw,bind 0 0\nnone none swap\n/dev/sda1 / ext4\n/dev/sda3 /../etc ext4',
    ),
    [
      { source: '/dev/sda2', place: '/my data', isBind: true },
      { source: '/dev/sda3', place: '/etc', isBind: false },
    ],
  );
  t.equal(readMountTable('a /b\n'.repeat(10_000)).length, 100);
  t.same(
    readFurtherHomes(
      'a:x:1:1::/:\nb:x:1:1::/root:\nc:x:1:1::/home/c:\nd:x:1:1::/usr/games:\ne:x:1:1::/srv/e/:\nf:x:1:1::rel:\n',
    ),
    ['/srv/e'],
  );
});
