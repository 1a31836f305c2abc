import { Deadline } from '../../../foundation/index.ts';
import type { ConsolePattern, SerialConsole } from '../../../vm/index.ts';
import { validationErrors } from '../errors.ts';
import type { DiskProfile } from '../profile/disk-profile.ts';
import { isOver } from './wait-is-over.ts';

/** Nothing comes for so long, and Return is pressed: a prompt may have been shown before anybody looked. */
const quietMs = 5_000;

/** For one answer to what was typed; PAM lets somebody wait for three seconds whose password is wrong. */
const answerMs = 60_000;

/** What looks like the prompt for the user may be the beginning of `login: Sat Nov 21`, which is a greeting. */
const settlingMs = 3_000;

/** The kernel, or getty itself, may have spoilt what was typed the first time. */
const mostTries = 3;

/**
 * Logs in on a console as the profile says, so that the shell waits for a command; does nothing but wait for the prompt where no login is
 * needed, or somebody is logged in already.
 *
 * @param limitMs Milliseconds for all of it, before the time-out scale.
 * @throws VALIDATION_LOGIN_FAILED, and what a wait on the console throws when the machine ends or the host is to blame.
 */
export async function logIn(
  console: SerialConsole,
  { login, prompt }: NonNullable<DiskProfile['console']>,
  { password, limitMs }: { password?: string | undefined; limitMs: number },
): Promise<void> {
  const wait = new LoginWait(console, Deadline.after(limitMs * console.timeoutScale));
  if (login === undefined) {
    await wait.forPrompt({ shell: prompt }, `the prompt ${words(prompt)} of a shell`);
    return;
  }
  const asksUser = atEnd(login.prompt);
  const greeted = { user: asksUser, shell: prompt };
  const greeting = `the prompt ${words(login.prompt)} or, where somebody is logged in, ${words(prompt)}`;
  let shown: 'user' | 'shell' = await wait.forPrompt(greeted, greeting);
  for (let tries = 0; shown === 'user' && tries < mostTries; tries += 1) {
    await console.sendLine(login.user);
    const asked = await wait.forAnswer(
      { password: login.passwordPrompt, shell: prompt, user: asksUser },
      `${words(login.passwordPrompt)} after the user ${login.user}`,
    );
    if (asked !== 'password') {
      shown = asked;
      continue;
    }
    if (password === undefined) {
      return await wait.fail(
        'a shell without a password, for the profile has no passwordFrom',
        'one is asked for',
      );
    }
    await console.sendSecretLine(password);
    const answer = await wait.forAnswer(
      { shell: prompt, refused: /Login incorrect|Permission denied|Authentication fail/i, user: asksUser },
      `the prompt ${words(prompt)} after the password of ${login.user}`,
    );
    if (answer === 'refused') shown = await wait.forPrompt(greeted, greeting);
    else shown = answer === 'user' && (await wait.settlesTo(prompt)) ? 'shell' : answer;
  }
  if (shown === 'user') await wait.fail(`${login.user} to be let in`, `refused ${mostTries} times`);
}

/** The waits of one login, all with one end. */
class LoginWait {
  readonly #console: SerialConsole;
  readonly #deadline: Deadline;
  readonly #sinceMs = performance.now();

  constructor(console: SerialConsole, deadline: Deadline) {
    this.#console = console;
    this.#deadline = deadline;
  }

  /** Waits until one is shown; after a silence Return is pressed, so that it is shown again. */
  async forPrompt<Key extends string>(
    patterns: Readonly<Record<Key, ConsolePattern>>,
    expected: string,
  ): Promise<Key> {
    const scale = this.#console.timeoutScale;
    for (let patienceMs = quietMs * scale; !this.#deadline.expired; ) {
      const limitMs = Math.min(patienceMs, this.#deadline.remainingMs);
      const shown = await this.#console.expect(patterns, { timeoutMs: limitMs / scale }).catch(noneInTime);
      if (shown !== undefined) return shown.which;
      if (performance.now() - this.#console.lastByteAtMs < quietMs * scale) continue;
      await this.#console.sendLine();
      patienceMs *= 2;
    }
    return await this.fail(expected);
  }

  /** Waits for the answer to what was typed. */
  async forAnswer<Key extends string>(
    patterns: Readonly<Record<Key, ConsolePattern>>,
    expected: string,
  ): Promise<Key> {
    const scale = this.#console.timeoutScale;
    const timeoutMs = Math.min(answerMs, this.#deadline.remainingMs / scale);
    const shown = await this.#console.expect(patterns, { timeoutMs }).catch(noneInTime);
    return shown?.which ?? (await this.fail(expected));
  }

  async settlesTo(prompt: ConsolePattern): Promise<boolean> {
    const shown = await this.#console.expect(prompt, { timeoutMs: settlingMs }).catch(noneInTime);
    return shown !== undefined;
  }

  /** @throws VALIDATION_LOGIN_FAILED, or what says that the host is to blame. */
  async fail(expected: string, got = 'it did not come in time'): Promise<never> {
    const excuse = await this.#console.diagnose(this.#sinceMs);
    if (excuse !== undefined) throw excuse;
    throw validationErrors.VALIDATION_LOGIN_FAILED({
      tried: `log in on the ${this.#console.name}`,
      expected,
      got: `${got}; the last lines:\n${this.#console.tail(15).join('\n')}`,
    });
  }
}

/** Only where nothing follows it: `Last login: Sat Nov 21` asks for nobody. */
function atEnd(pattern: ConsolePattern): RegExp {
  if (typeof pattern === 'string')
    return new RegExp(`${pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}\\s*$`);
  return new RegExp(`(?:${pattern.source})\\s*(?![^])`, pattern.flags);
}

function words(pattern: ConsolePattern): string {
  return typeof pattern === 'string' ? JSON.stringify(pattern) : String(pattern);
}

/** Of a host that was unfair only for this moment nothing is said: the last word is about the whole time. */
function noneInTime(error: unknown): undefined {
  if (!isOver(error)) throw error;
}
