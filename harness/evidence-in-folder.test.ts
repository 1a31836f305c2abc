import t from 'tap';
import { evidenceInFolder } from './evidence-in-folder.ts';

t.test('evidence is found in its run folder, wherever the runner stood', async (t) => {
  t.equal(evidenceInFolder('.assay/runs/r1/scenarios/a', 'a'), 'scenarios/a');
  t.equal(evidenceInFolder('/tmp/x/scenarios/a/m/console.log', 'a'), 'scenarios/a/m/console.log');
  t.equal(evidenceInFolder('scenarios/a', 'a'), 'scenarios/a');
  t.equal(
    evidenceInFolder('/scenarios/a/runs/scenarios/a', 'a'),
    'scenarios/a',
    'the last one is the run folder',
  );
  t.equal(evidenceInFolder('.assay/runs/r1/scenarios/ab', 'a'), undefined);
  t.equal(evidenceInFolder('my-scenarios/a', 'a'), undefined);
  t.equal(evidenceInFolder('/var/log/x', 'a'), undefined);
});
