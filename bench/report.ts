import { join } from 'node:path';
import { writeFileDurably } from '../foundation/index.ts';
import type { BenchmarkResult } from './benchmark.ts';
import type { Conditions } from './conditions.ts';

/** What one benchmark leaves in `bench/results/NAME.json`. */
export interface BenchmarkReport {
  benchmark: string;
  tookSeconds: number;
  conditions: Conditions;
  results: BenchmarkResult[];
}

const resultsFolder = join(import.meta.dirname, 'results');

/** @returns where it was written. */
export async function writeReport(report: BenchmarkReport): Promise<string> {
  const path = join(resultsFolder, `${report.benchmark}.json`);
  await writeFileDurably(path, `${JSON.stringify(report, undefined, 2)}\n`);
  return path;
}

/** One result for people: the numbers, what they were compared with, and what else was seen but for single samples. */
export function describeResult(result: BenchmarkResult): string {
  const { name, value, unit, limit, bound, pass, comparedWith, details } = result;
  return [
    `${pass ? 'pass' : 'FAIL'} ${name}: ${rounded(value)} ${unit} (${bound} ${limit})`,
    `  compared with ${comparedWith}`,
    ...Object.entries(details).flatMap(([key, detail]) => describeDetail(key, detail)),
    '',
  ].join('\n');
}

function describeDetail(key: string, detail: unknown): string[] {
  if (typeof detail === 'number') return [`  ${key}: ${rounded(detail)}`];
  if (!Array.isArray(detail)) return [`  ${key}: ${String(detail)}`];
  if (detail.every((item) => typeof item === 'number')) {
    return detail.length > 12 ? [] : [`  ${key}: ${detail.map(rounded).join(', ')}`];
  }
  const isPhases = detail.every((item) => typeof item === 'object' && 'share' in item);
  if (!isPhases) return [];
  const line = ({ name, tookMs, share }: { name: string; tookMs: number; share: number }) =>
    `    ${tookMs.toFixed(0).padStart(6)} ms ${(share * 100).toFixed(0).padStart(3)} %  ${name}`;
  return [`  ${key}:`, ...detail.map(line)];
}

/** Four figures are more than any of these measurements is worth. */
function rounded(value: number): string {
  return String(Number(value.toPrecision(4)));
}
