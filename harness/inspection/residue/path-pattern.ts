/** One step of a path: a name as it is, a name with `*` and `?` in it, or `**`, which stands for any number of folders, none too. */
export type PatternStep =
  | { kind: 'name'; text: string }
  | { kind: 'names'; text: string }
  | { kind: 'folders' };

/**
 * The steps of a path in a rule: `/etc/ssh/ssh_host_*_key`. Unlike a shell's, `*` and `?` also match a dot at the beginning.
 *
 * @param path Checked by {@link pathPatternProblem}; behind `~` it is the part behind it.
 */
export function parsePathPattern(path: string): PatternStep[] {
  return path
    .split('/')
    .slice(1)
    .map((text) => {
      if (text === '**') return { kind: 'folders' };
      return { kind: /[*?]/.test(text) ? 'names' : 'name', text };
    });
}

/** What is wrong with a path that somebody wrote for a rule: undefined when it can be used. */
export function pathPatternProblem(path: string): string | undefined {
  if (!/^~?\//.test(path)) return 'has to begin with / or, for every home, with ~/';
  const names = path.split('/').slice(1);
  if (names.some((name) => ['', '.', '..'].includes(name)))
    return 'has an empty name, or . or .. as one (a folder has no / at its end)';
  if (names.some((name) => name.includes('**') && name !== '**')) return '** is a name of its own: /a/**/b';
  if (names.filter((name) => name === '**').length > 1) return 'has ** more than once';
  return undefined;
}

/**
 * Whether a name fits a step's text. Takes at most the product of both lengths.
 *
 * @param ignoresCase As FAT does.
 */
export function matchesName(pattern: string, name: string, ignoresCase: boolean): boolean {
  const wanted = ignoresCase ? pattern.toLowerCase() : pattern;
  const given = ignoresCase ? name.toLowerCase() : name;
  let at = 0;
  let inName = 0;
  // Where the last star was, and how much of the name it has taken: only the last one ever has to take more.
  let star = -1;
  let taken = 0;
  while (inName < given.length) {
    if (wanted[at] === '*') {
      star = at;
      taken = inName;
      at += 1;
    } else if (wanted[at] === '?' || wanted[at] === given[inName]) {
      at += 1;
      inName += 1;
    } else if (star >= 0) {
      taken += 1;
      inName = taken;
      at = star + 1;
    } else return false;
  }
  while (wanted[at] === '*') at += 1;
  return at === wanted.length;
}

/** Whether a whole path fits: for exceptions. */
export function matchesPath(steps: readonly PatternStep[], path: string, ignoresCase: boolean): boolean {
  const names = path.split('/').slice(1);
  // Which lengths of the path's beginning the steps so far can stand for.
  let reached = new Set([0]);
  for (const step of steps) {
    const next = new Set<number>();
    for (const length of reached) {
      if (step.kind === 'folders') for (let more = length; more <= names.length; more += 1) next.add(more);
      else if (length < names.length && matchesName(step.text, names[length]!, ignoresCase))
        next.add(length + 1);
    }
    reached = next;
  }
  return reached.has(names.length);
}
