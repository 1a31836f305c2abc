import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ensureKeys } from './keys.ts';
import {
  hardwareFreeOsIdentity,
  osIdentityOf,
  readOsIdentity,
  resetOsIdentity,
  writeOsIdentity,
} from './os-identity.ts';

const systemId = '7d1f6a7e-0c3b-8a59-9d0e-2f5b8c6a1e44';

t.test('machine id and host name follow from the system id', async (t) => {
  const identity = osIdentityOf(systemId);
  t.match(identity.machineId, /^[0-9a-f]{32}$/);
  t.equal(identity.hostName, 'assay-7d1f-6a7e');
  t.same(osIdentityOf(systemId), identity);
});

t.test('temporary and general identities differ, and know nothing of hardware', async (t) => {
  const temporary = hardwareFreeOsIdentity('temporary', 'ab'.repeat(32));
  const general = hardwareFreeOsIdentity('general', 'ab'.repeat(32));
  t.match(general.machineId, /^[0-9a-f]{32}$/);
  t.not(temporary.machineId, general.machineId);
  t.same(
    hardwareFreeOsIdentity('general', 'ab'.repeat(32)),
    general,
    'every clone of a template has the same',
  );
});

t.test('an identity is written and reset', async (t) => {
  const root = t.testdir({});
  mkdirSync(join(root, 'etc'));
  t.same(await readOsIdentity(root), { machineId: '', hostName: '' }, 'a root without the files has none');
  await writeOsIdentity(osIdentityOf(systemId), root);
  t.same(await readOsIdentity(root), osIdentityOf(systemId));
  await writeOsIdentity(resetOsIdentity, root);
  t.equal(readFileSync(join(root, 'etc/machine-id'), 'utf8'), '');
});

t.test('keys are made once, are private, and are new when that is asked for', async (t) => {
  const settings = t.testdir({});
  const keys = () =>
    ['host-key', 'tls-key'].map((name) => readFileSync(join(settings, 'keys', name), 'utf8'));
  await ensureKeys(settings);
  const first = keys();
  t.match(first[0], /BEGIN PRIVATE KEY/);
  t.equal(statSync(join(settings, 'keys/host-key')).mode & 0o777, 0o600);
  await ensureKeys(settings);
  t.same(keys(), first);
  await ensureKeys(settings, true);
  t.not(keys()[0], first[0]);
  t.not(keys()[1], first[1]);
});
