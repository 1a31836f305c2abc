import { textLines } from './text-lines.ts';

/**
 * The values that a configuration gives to some keys: `key=value`, `key: value`, `key value`, with quotes or without, also behind `export`, `set` or a
 * dash as in a list of YAML. Comments (`#`, `;`, `//`) and empty values are left out.
 *
 * @param keys Large and small letters alike.
 */
export function settingsIn(content: Buffer, keys: readonly string[]): { key: string; value: string }[] {
  const wanted = keys.map((key) => ({ key, small: key.toLowerCase() }));
  return textLines(content).flatMap((line) => {
    const statement = line
      .trim()
      .replace(/^(?:export |set |- )/, '')
      .trimStart();
    if (/^(?:#|;|\/\/)/.test(statement)) return [];
    const unquoted = statement.replace(/^["']/, '');
    const small = unquoted.toLowerCase();
    for (const { key, small: smallKey } of wanted) {
      if (!small.startsWith(smallKey)) continue;
      const rest = unquoted.slice(smallKey.length).replace(/^["']/, '');
      if (!/^[\s=:]/.test(rest)) continue;
      const value = unquote(rest.trimStart().replace(/^[=:]/, '').trim());
      if (value !== '') return [{ key, value }];
    }
    return [];
  });
}

function unquote(value: string): string {
  const bare = /[,;]$/.test(value) ? value.slice(0, -1).trimEnd() : value;
  const [, , quoted] = /^(["'])(.*)\1$/.exec(bare) ?? [];
  return quoted ?? bare;
}
