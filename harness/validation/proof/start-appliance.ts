import { Deadline } from '../../../foundation/index.ts';
import type { Machine, RunningMachine, SerialConsole } from '../../../vm/index.ts';
import type { Bench } from '../../bench.ts';
import { validationErrors } from '../errors.ts';
import type { ProofProfile } from './clone-hardware.ts';
import { logIn } from './console-login.ts';
import { describeSign, seeSign } from './ready-signs.ts';

/** How a wait for the signs of `ready` differs from that after an ordinary power-on. */
export interface ReadyOptions {
  /** Milliseconds from now for all signs, before the time-out scale; `limits.ready` by default. */
  limitMs?: number;
  /** `is-noted`: a kernel that panics on the way and starts anew may become ready all the same. */
  panic?: 'fails' | 'is-noted';
}

/**
 * Switches a machine on and waits until it shows all signs of `ready`, in their order.
 *
 * @returns `readyMs`: from power-on to the last sign, in milliseconds.
 * @throws VALIDATION_NOT_READY naming the sign that did not come; VALIDATION_LOGIN_FAILED; what ends a wait on a machine.
 */
export async function startUntilReady(
  machine: Machine,
  profile: ProofProfile,
  bench: Bench,
  { isFirst = false }: { isFirst?: boolean } = {},
): Promise<{ running: RunningMachine; readyMs: number }> {
  const { firstReady, ready } = profile.limits;
  const limitMs = isFirst ? (firstReady ?? ready) : ready;
  return await bench.step(
    `${machine.name} starts and becomes ready`,
    async () => {
      const startMs = performance.now();
      const running = await machine.powerOn();
      const elapsedMs = (performance.now() - startMs) / bench.timeoutScale;
      await waitUntilReady(running, profile, bench, { limitMs: Math.max(0, limitMs - elapsedMs) });
      return { running, readyMs: Math.round(performance.now() - startMs) };
    },
    { category: 'boot', machine: machine.name },
  );
}

/**
 * Waits until a machine that is on shows all signs of `ready`. What the console showed before it was ready the last time is not waited for again,
 * unless it has started anew since.
 *
 * @throws as {@link startUntilReady}.
 */
export async function waitUntilReady(
  running: RunningMachine,
  profile: ProofProfile,
  bench: Bench,
  { limitMs = profile.limits.ready, panic = 'fails' }: ReadyOptions = {},
): Promise<void> {
  const deadline = Deadline.after(limitMs * bench.timeoutScale);
  const sinceMs = performance.now();
  const wasReady = readyAt.get(running) === startsOf(running);
  const seen: string[] = [];
  for (const sign of profile.ready) {
    if (wasReady && 'console' in sign) continue;
    const words = describeSign(sign);
    const shell = async () =>
      await shellOf(running, profile, { limitMs: deadline.remainingMs / bench.timeoutScale });
    const wait = { running, deadline, panic, signal: bench.signal, commandMs: profile.limits.command, shell };
    const kept = await bench.step(words, () => seeSign(sign, wait), { machine: running.name });
    if (kept !== undefined) {
      const excuse = await running.console.diagnose(sinceMs);
      throw excuse ?? notReady(running, words, { limitMs: deadline.totalMs, seen, kept });
    }
    seen.push(words);
  }
  readyAt.set(running, startsOf(running));
}

/**
 * The console with a shell that waits for a command; logs in where nobody is logged in.
 *
 * @param options `limitMs`: for the login, before the time-out scale; `limits.command` by default, and at least a minute.
 * @throws VALIDATION_LOGIN_FAILED
 */
export async function shellOf(
  running: RunningMachine,
  profile: ProofProfile,
  { limitMs = Math.max(60_000, profile.limits.command) }: { limitMs?: number } = {},
): Promise<SerialConsole> {
  const { console } = running;
  if (profile.console === undefined) {
    throw validationErrors.VALIDATION_LOGIN_FAILED({
      tried: `run a command on the ${console.name}`,
      expected: '`console` in the profile',
    });
  }
  if (shells.get(running) === startsOf(running)) return console;
  const passwordFrom = profile.console.login?.passwordFrom;
  const password = passwordFrom === undefined ? undefined : process.env[passwordFrom];
  await logIn(console, profile.console, { password, limitMs });
  shells.set(running, startsOf(running));
  return console;
}

/**
 * Switches an appliance off as the profile says, and waits until it is off.
 *
 * @returns from being told to being off, in milliseconds.
 * @throws VM_POWER_OFF_TIMEOUT when it stays on, VALIDATION_LOGIN_FAILED.
 */
export async function shutDown(
  running: RunningMachine,
  profile: ProofProfile,
  bench: Bench,
): Promise<number> {
  const { shutDown: how, limits } = profile;
  const asks = how === 'power-button' ? 'by its power button' : `by \`${how.command}\``;
  return await bench.step(
    `${running.name} is switched off ${asks}`,
    async () => {
      if (!running.isOn) throw (await running.ended).error;
      const console = how === 'power-button' ? undefined : await shellOf(running, profile);
      const startMs = performance.now();
      if (how === 'power-button') await running.pressPowerButton();
      // It ends with the machine, in one way or another; whether that goes off is asked next.
      else
        void console!
          .run(how.command, { acceptExitCodes: 'any', timeoutMs: limits.shutDown })
          .catch(() => {});
      await running.waitForPowerOff({ timeoutMs: limits.shutDown });
      return Math.round(performance.now() - startMs);
    },
    { category: 'wait', machine: running.name },
  );
}

/** With how many starts each machine was ready, and somebody logged in, last. */
const readyAt = new WeakMap<RunningMachine, number>();
const shells = new WeakMap<RunningMachine, number>();

/** QEMU says of each restart that it is one, some of them several times. */
function startsOf({ qmpEvents }: RunningMachine): number {
  return qmpEvents.filter(({ event }) => event === 'RESET').length;
}

function notReady(
  running: RunningMachine,
  sign: string,
  { limitMs, seen, kept }: { limitMs: number; seen: readonly string[]; kept: string },
): Error {
  const before = seen.length === 0 ? 'no other sign was due before it' : `seen before it: ${seen.join('; ')}`;
  const hasLines = kept.includes('the last lines:');
  return validationErrors.VALIDATION_NOT_READY({
    tried: `wait until ${running.name} is ready`,
    expected: `${sign}, within ${Math.round(limitMs / 1000)} s`,
    got: [
      `${before}; this one: ${kept}`,
      ...(hasLines ? [] : ['the last lines:', ...running.console.tail(15)]),
    ].join('\n'),
  });
}
