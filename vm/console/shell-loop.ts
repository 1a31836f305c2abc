// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what looks so are expansions of the guest's shell

/**
 * The line that turns an interactive shell into Assay's command loop, to be typed at its prompt.
 *
 * It replaces the shell (`exec`) and takes its history file away first (bash saves its history also then), so that
 * nothing of it reaches the disk; and it is plain enough for sh, bash, zsh, ksh, csh and fish alike: one line, one
 * single-quoted word, no `!`, no backslash before a quote. The loop itself runs in the guest's `sh` with builtins
 * only: a process less per command is what makes `run` quick.
 *
 * Lines to the loop: `+text` appends to the command, `-text` appends and ends a line of it, `=N length text` appends
 * and runs it as number N. The loop answers `@nonce:N:b:<uptime>;`, then the command's output, then
 * `@nonce:N:e:<status>;` (`x` in place of `e` when the command ended the loop's shell). A command of another length than
 * was said has lost or gained characters on its way: it is not run, and the answer is `@nonce:N:g:<length>;`.
 *
 * The nonce is written in two halves, so that the echo of this line is not taken for an answer.
 */
export function shellLoopLine(nonce: string): string {
  const half = Math.floor(nonce.length / 2);
  const script = [
    'stty -echo -onlcr 2>/dev/null',
    `_A=@${nonce.slice(0, half)}`,
    `_A=\${_A}${nonce.slice(half)}`,
    '_S=0',
    '_C=',
    '_N=$(printf "\\nx")',
    '_N=${_N%x}',
    'trap : 2',
    'trap "echo \\"\\$_A:\\$_S:x:\\$?;\\"" 0',
    'echo "$_A:0:h:;"',
    `while IFS= read -r _L; do case $_L in ${cases} esac; done`,
  ].join('; ');
  return ` unset HISTFILE; exec sh -c '${script}'\n`;
}

/** `command eval`: without it, a syntax error in a command would end the whole loop (POSIX 2.8.1). */
const cases = [
  '+*) _C=$_C${_L#+};;',
  '-*) _C=$_C${_L#-}$_N;;',
  '=*) _L=${_L#=}; _S=${_L%% *}; _L=${_L#* }; _C=$_C${_L#* }; case :${_L%% *}: in *:${#_C}:*)' +
    ' _U=; { read -r _U _V; } 2>/dev/null </proc/uptime;' +
    ' echo "$_A:$_S:b:$_U;"; command eval "$_C" </dev/null; echo "$_A:$_S:e:$?;";;' +
    ' *) echo "$_A:$_S:g:${#_C};";; esac; _C=;;',
  // The sign before it was lost: only such a line has the two lengths.
  '*[0-9]:[0-9]*) echo "$_A:$_S:g:${#_L};"; _C=;;',
].join(' ');

/** A terminal in canonical mode takes lines of at most 4095 bytes (N_TTY_BUF_SIZE); longer ones are cut. */
const maxLineBytes = 1024;

/** The lines that make the loop run `command` as number `sequence`. */
export function commandLines(command: string, sequence: number): string {
  const lines = command.split('\n');
  const last = lines.pop()!;
  const complete = lines.flatMap((line) => chunked(line, '-'));
  const [final, ...before] = chunked(last, '').reverse();
  const runs = `=${sequence} ${lengths(command)} ${final}`;
  return [...complete, ...before.reverse(), runs].map((line) => `${line}\n`).join('');
}

/** In characters and in bytes: which of them a shell counts is up to it and its locale. */
function lengths(command: string): string {
  return `${[...command].length}:${Buffer.byteLength(command)}`;
}

/** Splits a line so that no part is too long; all but the last are marked with `+`. */
function chunked(line: string, lastPrefix: string): string[] {
  const parts: string[] = [];
  let part = '';
  let partBytes = 0;
  for (const character of line) {
    const characterBytes = Buffer.byteLength(character);
    if (partBytes + characterBytes > maxLineBytes) {
      parts.push(`+${part}`);
      part = '';
      partBytes = 0;
    }
    part += character;
    partBytes += characterBytes;
  }
  return [...parts, `${lastPrefix}${part}`];
}
