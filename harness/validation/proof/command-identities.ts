import { AssayError } from '../../../foundation/index.ts';
import type { RunningMachine } from '../../../vm/index.ts';
import type { Bench } from '../../bench.ts';
import { asEvidence } from '../../inspection/file-systems/printable.ts';
import type { ProofProfile } from './clone-hardware.ts';
import type { FoundIdentity } from './identity-reading.ts';
import type { IdentityRule } from './identity-rule.ts';
import { identityValue } from './identity-value.ts';
import { shellOf } from './start-appliance.ts';
import { withoutPager } from './without-pager.ts';

/**
 * Runs the commands that print identities, on the console of an appliance that is ready. A command that fails, and a login that does, is the problem of its
 * identity.
 *
 * @throws what ends a wait on the machine: it has gone off, or the host is to blame.
 */
export async function readCommands(
  running: RunningMachine,
  profile: ProofProfile,
  bench: Pick<Bench, 'step'>,
  rules: readonly IdentityRule[],
): Promise<FoundIdentity[]> {
  const found: FoundIdentity[] = [];
  for (const rule of rules) {
    const { command } = rule;
    if (command === undefined) continue;
    const read = async () => await readCommand(running, profile, rule, command);
    found.push(await bench.step(`${running.name} says its ${rule.name}`, read, { machine: running.name }));
  }
  return found;
}

async function readCommand(
  running: RunningMachine,
  profile: ProofProfile,
  rule: IdentityRule,
  command: string,
): Promise<FoundIdentity> {
  const found = { name: rule.name, from: `\`${command}\`` };
  try {
    const console = await shellOf(running, profile);
    const options = { acceptExitCodes: 'any', timeoutMs: profile.limits.command } as const;
    const { exitCode, output } = await console.run(withoutPager(command), options);
    if (exitCode === 0) return { ...found, value: identityValue(Buffer.from(output), rule) };
    return { ...found, value: null, problem: asEvidence(`status ${exitCode}: ${output}`) };
  } catch (error) {
    // A machine that has gone off, or that has panicked, is no matter of one identity.
    if (!(error instanceof AssayError) || !commandFails.includes(error.code)) throw error;
    return { ...found, value: null, problem: asEvidence(error.message) };
  }
}

const commandFails = [
  'VALIDATION_LOGIN_FAILED',
  'VM_COMMAND_TIMEOUT',
  'VM_COMMAND_UNTYPABLE',
  'VM_OUTPUT_TOO_LARGE',
  'VM_SHELL_ENDED',
  'VM_SHELL_NOT_REACHED',
];
