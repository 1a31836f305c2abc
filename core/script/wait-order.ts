/** The value of `waits` of one step. */
export type Waits = boolean | readonly string[];

/**
 * For each step the names of those that have to have ended before it starts, in the order of the script, also those that
 * it waits for only through others (spec R5). Pure.
 *
 * `true` is all that stand before it; `false` what the step before it waits for, so that the two start together; names
 * are these, and what they wait for.
 */
export function waitOrder(steps: readonly { name: string; waits: Waits }[]): string[][] {
  const orders: string[][] = [];
  for (const [index, { waits }] of steps.entries()) {
    const earlier = steps.slice(0, index).map(({ name }) => name);
    if (waits === true) orders.push(earlier);
    else if (waits === false) orders.push(orders[index - 1] ?? []);
    else {
      const through = waits.flatMap((name) => orders[earlier.indexOf(name)] ?? []);
      const all = new Set([...waits, ...through]);
      orders.push(earlier.filter((name) => all.has(name)));
    }
  }
  return orders;
}
