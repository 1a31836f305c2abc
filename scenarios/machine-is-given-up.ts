import { redundantSet, redundantUnit, scenario } from 'assay';

scenario(
  'machine-is-given-up',
  {
    summary:
      'a system that never comes up is repaired once and written anew once; then the machine waits for somebody, and says so (B5)',
    tags: ['known-state', 'slow'],
    timeoutMs: 60 * 60_000,
  },
  async (bench) => {
    const set = await redundantSet(bench, { extraComponents: ['system-that-resets-at-start'] });
    const unit = await redundantUnit(bench, set, 'alpha');
    await unit.powerOn();
    const seen: string[] = [];
    while (seen.at(-1) !== 'give-up' && seen.length < 20) {
      const { action, partition, method } = await unit.decision();
      seen.push([action, partition ?? method].filter(Boolean).join(' '));
    }
    bench.check('what was tried, in order', seen, [
      ...['boot system-1', 'boot system-2', 'recover repair'],
      ...['boot system-1', 'boot system-2', 'recover rewrite'],
      ...['boot system-1', 'boot system-2', 'give-up'],
    ]);
    await unit.says('ASSAY PROMPT');
    await unit.cutPower();
  },
);
