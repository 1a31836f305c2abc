import type { JsonSchema } from './disk-profile-json-schema.ts';

/** One key of a profile, in words for a table in Markdown. */
export interface KeyRow {
  /** `console.login.user`, `partitions[].number`. */
  key: string;
  form: string;
  /** Empty where there is none; `required` where there cannot be one. */
  defaultValue: string;
  meaning: string;
}

/** A key and the keys below it, in the order of the schema. Pure. */
export function keyRows(key: string, schema: JsonSchema, isRequired: boolean): KeyRow[] {
  const own = {
    ...{ key, form: formOf(schema), defaultValue: isRequired ? 'required' : defaultOf(schema) },
    meaning: cell(schema.description ?? ''),
  };
  return [own, ...rowsBelow(key, schema)];
}

function rowsBelow(key: string, schema: JsonSchema): KeyRow[] {
  if (schema.type === 'array') return rowsBelow(`${key}[]`, schema.items as JsonSchema);
  const alternatives = (schema.anyOf ?? []) as JsonSchema[];
  const { properties = {}, required = [] } = schema;
  return [
    ...alternatives.flatMap((alternative) => rowsBelow(key, alternative)),
    ...Object.entries(properties).flatMap(([name, property]) =>
      keyRows(`${key}.${name}`, property as JsonSchema, required.includes(name)),
    ),
  ];
}

function formOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.anyOf !== undefined) return (schema.anyOf as JsonSchema[]).map(formOf).join(' or ');
  switch (schema.type) {
    case 'array':
      return `list${contentOf(schema.items as JsonSchema)}${countOf(schema)}`;
    case 'object':
      return 'the keys below';
    case 'boolean':
      return '`true` or `false`';
    case 'integer':
      return `${schema.minimum} to ${schema.maximum}`;
    default:
      return schema.title ?? 'text';
  }
}

/** What keys the entries have, stands below. */
function contentOf(items: JsonSchema): string {
  return items.type === 'object' ? '' : ` of ${formOf(items)}s`;
}

function countOf({ maxItems }: JsonSchema): string {
  return maxItems === undefined ? '' : `, at most ${maxItems}`;
}

/** What stands for nothing is left out: its keys have defaults of their own. */
function defaultOf({ default: value }: JsonSchema): string {
  if (value === undefined || JSON.stringify(value) === '{}') return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^\s|\s$/.test(text) ? `\`"${text}"\`` : `\`${text}\``;
}

/** The page lies beside the ones that are named. */
function cell(text: string): string {
  return text
    .replace(/docs\/([a-z-]+\.md)/g, '[docs/$1]($1)')
    .replaceAll('|', '\\|')
    .replaceAll('\n', ' ');
}
