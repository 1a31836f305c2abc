import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js';

/**
 * Adds an element with attributes and, where given, a text. All of an ampersand's meaning is taken from it first:
 * xmlbuilder2 leaves what looks like a reference (`&undefined;`, `&#0;`) as it stands, which no XML parser takes.
 */
export function addElement(
  parent: XMLBuilder,
  name: string,
  attributes: Record<string, string | number> = {},
  text?: string,
): XMLBuilder {
  const escaped = Object.entries(attributes).map(([key, value]) => [key, escapeAmpersands(String(value))]);
  const element = parent.ele(name, Object.fromEntries(escaped));
  return text === undefined ? element : element.txt(escapeAmpersands(text));
}

function escapeAmpersands(text: string): string {
  return text.replaceAll('&', '&amp;');
}
