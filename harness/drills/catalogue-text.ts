import { z } from 'zod';
import { faultCatalogue } from './catalogue/index.ts';
import { type FaultDeclaration, faultLayers } from './fault-declaration.ts';
import { findFault } from './fault-plan.ts';

/** A parameter as people read it. */
export interface ParameterText {
  name: string;
  description: string;
  /** `one of zero, flip, random`, `a whole number`. */
  values: string;
  /** Without one, the parameter may be left out. */
  defaultValue?: string;
}

/** What is said of each moment, in `--list` and in the documentation. */
export const momentTexts: readonly (readonly [form: string, meaning: string])[] = [
  ['power-on:2', 'before the machine is switched on for the second time; `power-on` is the first'],
  ['step:/regular expression/', 'when a step of the scenario begins whose sentence matches'],
  ['console:/regular expression/', 'when the console of the machine shows what matches'],
  ['write:120@system', 'at the 120th write to disk `system` since power-on, before it is made'],
  ['write:3@system/backup', 'at the third write that touches partition `backup`, by role or by number'],
  ['in-write:120@system', 'in the middle of that write: its first half is on the disk'],
  ['time:60s', 'a minute after power-on; of its own time where that is virtual'],
];

/** The catalogue for a terminal, all of it or the faults that are named. @throws DRILLS_FAULT_UNKNOWN */
export function catalogueText(names: readonly string[]): string {
  const faults = selected(names);
  const layers = faultLayers.filter((layer) => faults.some((fault) => fault.layer === layer));
  const moments = momentTexts.map(
    ([form, meaning]) => `  ${form.padEnd(30)} ${meaning.replaceAll('`', '')}\n`,
  );
  return [
    ...layers.map((layer) => {
      const ofLayer = faults.filter((fault) => fault.layer === layer).map(faultText);
      return `${layer.replaceAll('-', ' ')}\n\n${ofLayer.join('\n')}\n`;
    }),
    `moments\n\n${moments.join('')}`,
  ].join('');
}

/** The catalogue as data, for `--json`. @throws DRILLS_FAULT_UNKNOWN */
export function faultData(names: readonly string[]): object[] {
  return selected(names).map((fault) => {
    const { name, layer, summary, proves, when, disk, needs } = fault;
    return {
      name,
      layer,
      summary,
      proves,
      when,
      disk,
      needs,
      parameters: z.toJSONSchema(fault.parameters, { io: 'input' }),
    };
  });
}

/** The parameters of a fault, in the order of its declaration. */
export function parameterTexts({ parameters }: FaultDeclaration): ParameterText[] {
  const defaults = parameters.parse({}) as Record<string, unknown>;
  const schema = z.toJSONSchema(parameters, { io: 'input' });
  return Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const { description = '', ...rest } = property as z.core.JSONSchema.BaseSchema;
    const value = defaults[name];
    return {
      ...{ name, description, values: valuesText(rest) },
      ...(value === undefined ? {} : { defaultValue: String(value) }),
    };
  });
}

function selected(names: readonly string[]): readonly FaultDeclaration[] {
  return names.length === 0 ? faultCatalogue : names.map(findFault);
}

function faultText(fault: FaultDeclaration): string {
  const parameters = parameterTexts(fault).map(({ name, description, values, defaultValue }) => {
    const given = defaultValue === undefined ? '' : `=${defaultValue}`;
    return `      ${`${name}${given}`.padEnd(26)} ${description} (${values})\n`;
  });
  return `  ${fault.name}\n      ${fault.summary}\n${parameters.join('')}`;
}

function valuesText(schema: z.core.JSONSchema.BaseSchema): string {
  if (schema.enum !== undefined) return schema.enum.join(', ');
  if (schema.anyOf !== undefined)
    return schema.anyOf.map((one) => valuesText(one as typeof schema)).join(' or ');
  const names: Record<string, string> = {
    integer: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
    string: 'a text',
  };
  return names[String(schema.type)] ?? 'a text';
}
