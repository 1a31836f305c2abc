import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { diskProfileJsonSchema, type JsonSchema } from './disk-profile-json-schema.ts';
import { keyRows } from './key-rows.ts';

/** A profile with every key, and comments; it names files that are not there. */
export const exampleProfilePath = join(import.meta.dirname, 'example.yaml');

/** The page docs/profile.md, made from the schema. */
export function profileReferenceMarkdown(): string {
  const { properties = {}, required = [] } = diskProfileJsonSchema();
  const sections = Object.entries(properties).map(([name, schema]) =>
    section(name, schema as JsonSchema, required.includes(name)),
  );
  return `${introduction()}\n${sections.join('\n')}`;
}

function introduction(): string {
  return `# The profile of a disk

What is known of a disk that somebody else made, in YAML: \`assay validate master.img --profile nas.yaml\` ([validating a master disk](validate.md)). Made from the schema by \`assay validate --schema --markdown\`.

Only \`format\` has to be there. An unknown key is an error that names its line and the nearest key there is, and so is a key that another one does not bear out: a role that no partition has, a port where there is no network, a command where there is no console, a claim of recovery where nothing says what ready means.

## A first profile

\`assay init --from master.img --out nas.yaml\` looks at the disk, without starting it, and writes a profile: what was found as lines, with the reason beside it, and what could not be known as lines that are commented out.

## In an editor

Editors with a YAML language server (VS Code with the YAML extension, Neovim, Emacs, IntelliJ) complete keys, show what they mean, and mark what is wrong while one writes. They need the JSON Schema, and a first line that names it:

\`\`\`console
assay validate --schema > disk-profile.schema.json
\`\`\`

\`\`\`yaml
# yaml-language-server: $schema=disk-profile.schema.json
\`\`\`

The path is relative to the profile. Where Assay is installed from its package, the schema is there already: \`node_modules/assay/dist/harness/validation/profile/disk-profile.schema.json\`. The schema knows every key by itself; what one key says of another is only checked when Assay reads the profile.

## Forms of values

| form | what is written |
|---|---|
| size | a whole number with \`B\`, \`KiB\`, \`MiB\`, \`GiB\` or \`TiB\`: \`512B\`, \`2GiB\` |
| time | a whole number with \`ms\`, \`s\`, \`min\` or \`h\`: \`90s\`, \`10min\` |
| pattern | a text that has to be in it, or a regular expression between slashes, with the flags \`i\`, \`m\`, \`s\`, \`u\`: \`"login: "\`, \`"/nas-\\d+ login: $/"\` |
| regular expression | the same without slashes: \`serial=(\\d+)\` |

A text with a colon, a \`#\`, or a space at its end needs quotation marks in YAML; between double ones a backslash is written twice.

## An example with every key

\`\`\`yaml
${readFileSync(exampleProfilePath, 'utf8')}\`\`\`

## The keys
`;
}

function section(name: string, schema: JsonSchema, isRequired: boolean): string {
  const [own, ...inner] = keyRows(name, schema, isRequired);
  const { form, defaultValue, meaning } = own!;
  const facts = [
    form,
    ...(defaultValue === '' ? [] : [isRequired ? defaultValue : `default ${defaultValue}`]),
  ];
  const rows = inner.map(
    (row) => `| \`${row.key}\` | ${row.form} | ${row.defaultValue} | ${row.meaning} |\n`,
  );
  const table =
    rows.length === 0 ? '' : `\n| key | form | default | meaning |\n|---|---|---|---|\n${rows.join('')}`;
  return `### ${name}\n\n${meaning}\n\nForm: ${facts.join('; ')}.\n${table}`;
}
