// Runs in the trial's machine, as one file: `node trial.cjs NAME PLACE STEP`. STEP is left out; `-` leaves out nothing.
import { diskActs } from './disk-acts.ts';
import { endActs } from './end-acts.ts';
import { fileActs } from './file-acts.ts';
import { scriptActs } from './script-acts.ts';

const [name = '', place = '', step] = process.argv.slice(2);

globalThis.leavesOutDurabilityStep = (passed) => {
  if (passed !== step) return false;
  process.stdout.write(`left out ${passed}\n`);
  return true;
};

const act = { ...fileActs, ...scriptActs, ...diskActs, ...endActs }[name.replace(/-on-fat$/, '')];
if (act === undefined) throw new Error(`no trial ${name}`);
act(place).then(
  () => process.stdout.write('done\n'),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
