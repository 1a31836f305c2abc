import { fingerprint } from './fingerprint.ts';
import { loginAccounts } from './login-accounts.ts';
import { machineIdState } from './machine-id-state.ts';
import { privateKeysIn } from './private-keys.ts';
import { usualReadBytes } from './residue-limits.ts';
import type { ResidueTest } from './residue-rule.ts';
import { settingsIn } from './settings.ts';
import { shown } from './shown.ts';
import { textLines } from './text-lines.ts';

/** A test that needs what is in a file. */
export interface ContentTest {
  readBytes: number;
  /** Whether an empty file can be what is looked for. */
  countsEmpty: boolean;
  /** What was found, in words and without any secret; undefined when there is nothing. */
  judge(content: Buffer): string | undefined;
}

const accountFileBytes = 256 * 1024;
const machineIdBytes = 256;
const mostNames = 5;

/** The test of a rule; undefined for those that need no content (`exists`, `not-empty-folder`). */
export function contentTest(test: ResidueTest): ContentTest | undefined {
  const usual = { readBytes: test.readBytes ?? usualReadBytes, countsEmpty: false };
  switch (test.kind) {
    case 'exists':
    case 'not-empty-folder':
      return undefined;
    case 'content':
      return { ...usual, judge: contentJudge(test) };
    case 'setting':
      return { ...usual, judge: settingJudge(test) };
    case 'machine-id':
      return {
        readBytes: machineIdBytes,
        countsEmpty: true,
        judge: (content) => machineIdWords(test, content),
      };
    case 'private-key':
      return { ...usual, judge: privateKeyWords };
    case 'shadow':
      return { ...usual, readBytes: accountFileBytes, judge: (content) => accountWords(test, content) };
  }
}

function contentJudge({ matches, without, shows = false }: ResidueTest) {
  const wanted = matches === undefined ? undefined : new RegExp(matches);
  const excuse = without === undefined ? undefined : new RegExp(without);
  return (content: Buffer): string | undefined => {
    const lines = textLines(content);
    if (excuse !== undefined && lines.some((line) => excuse.test(line))) return undefined;
    if (wanted === undefined) return 'says nothing of it';
    const index = lines.findIndex((line) => wanted.test(line));
    if (index < 0) return undefined;
    return shows ? shown(lines[index]!.trim()) : `line ${index + 1}`;
  };
}

function settingJudge({ keys = [], matches, without, shows = false }: ResidueTest) {
  const wanted = matches === undefined ? undefined : new RegExp(matches);
  const excuse = without === undefined ? undefined : new RegExp(without);
  return (content: Buffer): string | undefined => {
    const found = settingsIn(content, keys).find(
      ({ value }) => wanted?.test(value) !== false && excuse?.test(value) !== true,
    );
    if (found === undefined) return undefined;
    return `${shown(found.key)} ${shows ? `is ${shown(found.value)}` : `is set (${found.value.length} characters)`}`;
  };
}

function machineIdWords({ is = [] }: ResidueTest, content: Buffer): string | undefined {
  const state = machineIdState(content);
  if (!is.includes(state)) return undefined;
  if (state === 'left-over')
    return `32 hexadecimal digits, ${fingerprint(content.toString('latin1').trim())}`;
  if (state === 'invalid') return `${content.length} bytes that are no machine ID`;
  return state === 'empty' ? 'an empty file' : 'uninitialized';
}

function privateKeyWords(content: Buffer): string | undefined {
  const keys = privateKeysIn(content);
  const [first] = keys;
  if (first === undefined) return undefined;
  const lock = first.isEncrypted ? 'encrypted' : 'not encrypted';
  const more = keys.length === 1 ? '' : `, and ${keys.length - 1} more`;
  return `private key (${shown(first.format)}), ${lock}, ${fingerprint(first.block)}${more}`;
}

function accountWords({ is = [] }: ResidueTest, content: Buffer): string | undefined {
  const accounts = loginAccounts(content).filter(({ state }) => is.includes(state));
  if (accounts.length === 0) return undefined;
  const names = accounts.slice(0, mostNames).map(({ name, state, method }) => {
    const how =
      state === 'password' ? `a password${method === undefined ? '' : `, ${method}`}` : 'an empty password';
    return `${shown(name.slice(0, 32))} (${how})`;
  });
  const more = accounts.length - names.length;
  return `${names.join(', ')}${more === 0 ? '' : `, and ${more} more`}`;
}
