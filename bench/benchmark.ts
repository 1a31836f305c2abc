import type { ComparedTool } from './compared-tools.ts';

/** What one measurement came to, beside the limit that it has to keep (docs/benchmarks.md). */
export interface BenchmarkResult {
  name: string;
  value: number;
  /** `ratio`, `ms`, `MiB`. */
  unit: string;
  limit: number;
  /** Whether the value may at most or must at least be the limit. */
  bound: 'at most' | 'at least';
  pass: boolean;
  /** What it was compared with, and how, in a sentence. */
  comparedWith: string;
  /** Everything else that was seen: intervals, medians of both sides, samples. Plain JSON. */
  details: Record<string, unknown>;
}

export interface BenchmarkOptions {
  /** How many pairs, boots or times; each benchmark has its own default. */
  pairs?: number;
  /** How much the guest prints in the flood, in bytes. */
  floodBytes: number;
  /** One line on what is being done. */
  onProgress: (text: string) => void;
}

/** One benchmark; a file of `bench/` each. */
export interface Benchmark {
  name: string;
  /** One sentence: what is measured. */
  summary: string;
  /** What it starts that Assay itself does not need; looked for before anything is measured. */
  comparedTools?: readonly ComparedTool[];
  run: (options: BenchmarkOptions) => Promise<BenchmarkResult[]>;
}

/** Judges a value against its limit; both take part when they are equal. */
export function judged(result: Omit<BenchmarkResult, 'pass'>, decisive = result.value): BenchmarkResult {
  const pass = result.bound === 'at most' ? decisive <= result.limit : decisive >= result.limit;
  return { ...result, pass };
}
