import { createFactory, scenario } from 'assay';

scenario(
  'reproducible-template',
  {
    summary: 'the same inputs give the same template, bit for bit (M12)',
    tags: ['template'],
    needs: { machines: 0, memoryMiB: 512, cpus: 1 },
  },
  async (bench) => {
    const factory = createFactory(bench);
    const first = await factory.buildTemplate('first');
    const second = await factory.buildTemplate('second');
    for (const role of ['system', 'data'] as const) {
      await using one = await factory.inspect(first[`${role}Path`]!, role);
      await using other = await factory.inspect(second[`${role}Path`]!, role);
      const { ranges } = await one.compareWith(other);
      bench.check(`the ${role} disks have the same bytes`, ranges, []);
    }
  },
);
