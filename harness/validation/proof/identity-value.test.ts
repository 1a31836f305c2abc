import t from 'tap';
import { identityValue, joinedValues } from './identity-value.ts';

const plain = { isSecret: false };
const value = (content: string | Buffer, rule: object = {}) =>
  identityValue(Buffer.from(content), { ...plain, ...rule });

t.test('short texts are themselves', (t) => {
  t.equal(value('nas-17\n'), 'nas-17');
  t.equal(
    value('# a comment\nInitiatorName=iqn.2016-04.com:1\n', { pattern: '^InitiatorName=(.*)$' }),
    'iqn.2016-04.com:1',
  );
  t.equal(value('0123\n', { pattern: '^[0-9]+$' }), '0123', 'without a group the whole of it');
  t.equal(value('', {}), null);
  t.equal(value(' \n'), null);
  t.equal(value('GenerateName=yes\n', { pattern: '^InitiatorName=(.*)$' }), null);
  t.end();
});

t.test('secrets, keys, long texts and what is no text leave as fingerprints', (t) => {
  const fingerprint = /^sha256:[0-9a-f]{16}$/;
  t.match(value('geheim', { isSecret: true }), fingerprint);
  t.match(value('-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n'), fingerprint, 'whatever the rule says of it');
  t.match(value('PRIVATE KEY id=7\n', { pattern: 'id=([0-9])' }), fingerprint);
  t.match(value('x'.repeat(65)), fingerprint);
  t.equal(value('x'.repeat(64)), 'x'.repeat(64));
  t.match(value(Buffer.from([1, 2, 3, 255])), fingerprint);
  t.match(value('a\u001b[31mb'), fingerprint);
  t.not(value('geheim', { isSecret: true }), value('geheimer', { isSecret: true }));
  t.end();
});

t.test('the fingerprint of an SSH key is that of ssh-keygen -l', (t) => {
  const blob = 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
  const rule = { reads: 'ssh-public-key' };
  const expected = 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU';
  t.equal(value(`ssh-ed25519 ${blob} root@nas\n`, rule), expected);
  t.equal(value(`ssh-ed25519 ${blob} root@other\n`, rule), expected, 'the comment is no part of it');
  t.equal(value('nothing of the kind\n', rule), null);
  t.end();
});

t.test('several values are one', (t) => {
  t.equal(joinedValues([]), null);
  t.equal(joinedValues(['a', 'a']), 'a');
  t.equal(joinedValues(['a', 'b']), joinedValues(['b', 'a']));
  t.not(joinedValues(['a', 'b']), joinedValues(['a', 'c']));
  t.end();
});
