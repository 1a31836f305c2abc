/** Who has to act on an error: it decides the outcome of a scenario and the exit code (design 9). */
export type Blame = 'product' | 'usage' | 'harness' | 'host';

/** What happened in this one case; the code's entry in the table says the rest. */
export interface ErrorFacts {
  /** What was being done: `expect "ready" on console of machine alpha`. */
  tried: string;
  /** What would have been right. */
  expected?: string;
  /** What was found instead. */
  got?: string;
  /** Line by line, where both are long: `+` was got, `-` was expected. */
  difference?: string;
  /** File and line, sector, partition: where to look. */
  where?: string;
  /** Overrides the table's remedy when this case has a better one. */
  remedy?: string;
}

export interface ErrorEntry {
  blame: Blame;
  summary: string;
  remedy: string;
}

/**
 * The one error class of Assay. Made only through {@link errorTable}, so that every code has an entry in its
 * folder's table and a heading in `docs/errors.md` (style 11).
 */
export class AssayError extends Error {
  override readonly name = 'AssayError';
  readonly code: string;
  readonly blame: Blame;
  readonly summary: string;
  readonly remedy: string;
  readonly facts: ErrorFacts;

  constructor(code: string, entry: ErrorEntry, facts: ErrorFacts, cause?: unknown) {
    super(describe(entry.summary, facts), cause === undefined ? undefined : { cause });
    this.code = code;
    this.blame = entry.blame;
    this.summary = entry.summary;
    this.remedy = facts.remedy ?? entry.remedy;
    this.facts = facts;
  }

  /**
   * The same error once more, made where it is thrown now: one end of a machine ends many waits, and each shall name
   * its own line in its stack.
   */
  again(): AssayError {
    return new AssayError(this.code, this, this.facts, this.cause);
  }

  toJSON(): Record<string, unknown> {
    const { code, blame, message, remedy, facts } = this;
    return { code, blame, message, remedy, facts };
  }
}

/** Makes one error of a table; `cause` is what was caught below it. */
export type ErrorMaker = (facts: ErrorFacts, cause?: unknown) => AssayError;

/**
 * Turns a folder's table of errors into one maker per code: `throw vmErrors.VM_CONSOLE_TIMEOUT({ tried: … })`.
 */
export function errorTable<const Table extends Record<string, ErrorEntry>>(
  table: Table,
): { readonly [Code in keyof Table]: ErrorMaker } {
  const makers = Object.entries(table).map(([code, entry]) => [
    code,
    (facts: ErrorFacts, cause?: unknown) => new AssayError(code, entry, facts, cause),
  ]);
  return Object.fromEntries(makers);
}

/** The words of an unknown thrown value, for places that must print whatever was thrown. */
export function errorMessage(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function describe(summary: string, facts: ErrorFacts): string {
  const lines = [`${summary}: ${facts.tried}`];
  if (facts.where !== undefined) lines.push(`  where:    ${facts.where}`);
  if (facts.expected !== undefined) lines.push(`  expected: ${facts.expected}`);
  if (facts.got !== undefined) lines.push(`  got:      ${facts.got}`);
  if (facts.difference !== undefined) lines.push(facts.difference);
  return lines.join('\n');
}
