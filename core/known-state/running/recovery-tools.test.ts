import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { MountVolume } from '../../script/steps/mount-volume.ts';
import { fakeRunning, packOf } from './fixtures/running-machine.ts';
import { openRecoveryTools } from './recovery-tools.ts';

/** The partition's file system is a folder; what is done to it is kept in words. */
function machine(t: Test) {
  const { system, folder } = fakeRunning(t.testdir({}), 'system-2');
  const did: string[] = [];
  const mount: MountVolume = async ({ device, fileSystem, readOnly }, workFolder) => {
    did.push(`mount ${device} ${fileSystem} ${readOnly ? 'ro' : 'rw'} ${workFolder.slice(folder.length)}`);
    return { folder, unmount: async () => void did.push('unmount') };
  };
  return { system, folder, did, mount };
}

t.test('the pack on the partition, as long as it is needed', async (t) => {
  const { system, folder, did, mount } = machine(t);
  await packOf(join(folder, 'recovery.pack'), '1.0', ['system-1']);
  {
    await using tools = await openRecoveryTools(system, mount);
    t.same(Object.keys(tools.manifests), ['system-1']);
    t.same(did, ['mount /dev/fake2 vfat ro /run/recovery-tools']);
  }
  t.equal(did.at(-1), 'unmount');
});

t.test('a partition without a pack, and one whose pack is broken, are let go', async (t) => {
  const { system, folder, did, mount } = machine(t);
  await t.rejects(openRecoveryTools(system, mount), { code: 'KNOWN_STATE_NO_RECOVERY_TOOLS' });
  t.equal(did.at(-1), 'unmount');
  writeFileSync(join(folder, 'recovery.pack'), 'no pack');
  await t.rejects(openRecoveryTools(system, mount), { code: 'KNOWN_STATE_PACK_INVALID' });
  t.same(did.filter((word) => word === 'unmount').length, 2);
});
