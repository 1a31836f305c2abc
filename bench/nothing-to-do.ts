import { scenario } from '../harness/index.ts';

scenario(
  'nothing-to-do',
  {
    summary: 'shows what a run costs by itself',
    needs: { machines: 0, memoryMiB: 1, cpus: 1 },
  },
  () => {},
);
