import { AssertionError } from 'node:assert';
import { inspect } from 'node:util';

/** What was expected and got, as a check's report shows it; of structures also where they differ. */
export function describeDifference(got: unknown, expected: unknown): { expected: string; got: string } {
  const words = { expected: show(expected), got: show(got) };
  if (!isStructure(got) || !isStructure(expected)) return words;
  const { message } = new AssertionError({ actual: got, expected, operator: 'deepStrictEqual' });
  // The message begins with a sentence that the check's claim already says better.
  const difference = message.split('\n').slice(1).join('\n').trim();
  return { ...words, got: `${words.got}\n${difference}` };
}

function isStructure(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || (typeof value === 'string' && value.includes('\n'));
}

function show(value: unknown): string {
  return inspect(value, {
    depth: 8,
    maxArrayLength: 100,
    maxStringLength: 2_000,
    breakLength: 100,
    sorted: true,
  });
}
