import { faultCatalogue } from './catalogue/index.ts';
import { momentTexts, parameterTexts } from './catalogue-text.ts';
import { type FaultDeclaration, type FaultState, faultLayers, faultNeeds } from './fault-declaration.ts';

const states: Record<FaultState, string> = {
  off: 'the machine is off',
  on: 'the machine is on',
  either: 'at any moment; it hits what comes after it',
};

/** `docs/faults.md`, made from the catalogue: `./assay drill --list --markdown > docs/faults.md`. */
export function catalogueMarkdown(): string {
  const layers = faultLayers.map((layer) => {
    const faults = faultCatalogue.filter((fault) => fault.layer === layer);
    return `## ${heading(layer)}\n\n${faults.map(section).join('\n')}`;
  });
  const moments = momentTexts.map(([form, meaning]) => `| \`${form}\` | ${meaning} |\n`);
  return `# The fault catalogue

Made from the faults' own declarations by \`assay drill --list --markdown\`. How a drill goes is in [drills](drills.md).

A planned fault is its name, parameters that differ from their defaults, and its moment: \`--fault 'file-damaged partition=primary-root path=/bin/busybox at power-on:2'\`. Every fault takes \`machine=NAME\` where a scenario has several, and, where it is about a disk, \`disk=NAME\`, by default the first one.

## Moments

| moment | when |
|---|---|
${moments.join('')}
${layers.join('\n')}`;
}

function heading(layer: string): string {
  const words = layer.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function section(fault: FaultDeclaration): string {
  const rows = parameterTexts(fault).map(
    ({ name, description, values, defaultValue }) =>
      `| \`${name}\` | ${description} | ${values} | ${defaultValue === undefined ? '' : `\`${defaultValue}\``} |\n`,
  );
  const table =
    rows.length === 0 ? '' : `\n| parameter | what | values | default |\n|---|---|---|---|\n${rows.join('')}`;
  const needs = fault.needs === undefined ? '' : ` Needs: ${faultNeeds[fault.needs]}.`;
  return `### ${fault.name}\n\n${sentence(fault.summary)} Injected when: ${states[fault.when]}.${needs} Well again after it: ${sentence(fault.proves)}\n${table}`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
