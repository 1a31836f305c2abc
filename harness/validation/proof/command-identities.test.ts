import t from 'tap';
import { vmErrors } from '../../../vm/index.ts';
import { diskProfileSchema } from '../profile/disk-profile.ts';
import type { ProofProfile } from './clone-hardware.ts';
import { readCommands } from './command-identities.ts';
import { paperMachine } from './fixtures/scripted-machine.ts';
import { loadIdentities } from './load-identities.ts';

const profile = diskProfileSchema.parse({
  format: 'assay disk profile 1',
  console: {},
  ready: [{ console: 'x' }],
  identities: {
    ignore: [{ identity: 'name of the running system', reason: 'one command is enough' }],
    add: [{ name: 'serial', command: 'cat /serial', pattern: '^id=(.*)$' }],
  },
}) as ProofProfile;

async function readFrom(run: (command: string) => Promise<unknown>) {
  const { running, bench, console } = paperMachine(() => '# ');
  Object.assign(console, { run });
  return await readCommands(running, profile, bench, await loadIdentities(profile));
}

t.test('what a command prints', async (t) => {
  const typed: string[] = [];
  const answer = async (command: string) => {
    typed.push(command);
    return { exitCode: 0, output: 'x\nid=17\n' };
  };
  t.strictSame(await readFrom(answer), [{ name: 'serial', from: '`cat /serial`', value: '17' }]);
  t.match(typed, [/SYSTEMD_PAGER=cat; cat \/serial$/], 'no pager waits for a key');
});

t.test('a command that fails is a problem of its identity, a machine that is off is none', async (t) => {
  t.match(await readFrom(async () => ({ exitCode: 1, output: 'no such file\n' })), [
    { value: null, problem: 'status 1: no such file' },
  ]);
  const late = vmErrors.VM_COMMAND_TIMEOUT({ tried: 'test' });
  t.match(await readFrom(async () => Promise.reject(late)), [{ value: null, problem: /did not end/ }]);
  const off = vmErrors.VM_POWERED_OFF({ tried: 'test' });
  await t.rejects(
    readFrom(async () => Promise.reject(off)),
    { code: 'VM_POWERED_OFF' },
  );
});
