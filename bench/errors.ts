import { errorTable } from '../foundation/index.ts';

/** Errors of `bench/`; every code has a section in `docs/errors/bench.md`. */
export const benchErrors = errorTable({
  BENCH_USAGE: {
    blame: 'usage',
    summary: 'the command line of the benchmarks cannot be understood',
    remedy: 'npm run bench -- --help shows the names and the options',
  },
  BENCH_NOT_MEASURED: {
    blame: 'harness',
    summary: 'a benchmark has not seen what it measures',
    remedy: 'look at the logs that are named; no number of this benchmark can be believed',
  },
  BENCH_TOOL_MISSING: {
    blame: 'host',
    summary: 'a program that Assay is compared with is not installed',
    remedy: 'install it; ./setup does not, for Assay itself never starts it',
  },
  BENCH_INTERRUPTED: {
    blame: 'host',
    summary: 'the benchmark was interrupted',
    remedy: 'run it again; nothing of it is left running',
  },
});
