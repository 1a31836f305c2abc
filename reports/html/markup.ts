import htm from 'htm';
import { h, type VNode } from 'preact';

/** What may stand in a template: elements, text (escaped when it is rendered), or nothing. */
export type Markup = VNode | readonly Markup[] | string | number | boolean | null | undefined;

// The package's types take its module for a CommonJS one, in which the function would be at `default`.
const template = htm as unknown as typeof htm.default;

/** HTML and SVG as tagged templates; every value in it is escaped when it is rendered. */
export const html = template.bind(h) as (strings: TemplateStringsArray, ...values: unknown[]) => VNode;
