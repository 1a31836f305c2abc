import type { MachineSpec } from '../../../vm/index.ts';
import { acceleratorFor } from '../../accelerator-for.ts';
import { harnessErrors } from '../../errors.ts';
import { exitCodes } from '../../exit-code.ts';
import { findRun } from '../../find-run.ts';
import { findKeptMachine, type KeptMachine } from '../../rerun/find-kept-machine.ts';
import { runShell } from '../../rerun/run-shell.ts';
import { acceleratorOption, acceleratorWish } from '../accelerator-option.ts';
import { attachTerminal } from '../attach-terminal.ts';
import type { Command } from '../command.ts';
import { flag, text } from '../option-values.ts';

/** `assay shell`: a machine of a failed scenario, on its disks as they were (spec H7). */
export const shell: Command = {
  usage: 'shell <run> [scenario] [machine]',
  summary: 'switch on a machine of a failed scenario, on its disks as they were',
  options: {
    print: { type: 'boolean', describe: 'print the places of its disks and its hardware, and start nothing' },
    accelerator: { ...acceleratorOption, describe: 'of the machine (default: as then)' },
  },
  examples: [
    ['assay shell latest', 'where one machine failed: its console on this terminal; Ctrl-] ends it'],
    ['assay shell 98bc damaged-root-recovers alpha', 'the machine alpha of that scenario'],
    ['assay shell latest --print', 'where its disks lie, for tools of your own: read them only'],
  ],
  async run(words) {
    const found = await findRun(text(words, 'run')!);
    if (found.isLive) throw harnessErrors.HARNESS_RUN_LIVE({ tried: 'open its disks', got: found.run.runId });
    const [scenario, machine] = [text(words, 'scenario'), text(words, 'machine')];
    const kept = await findKeptMachine(found, {
      ...(scenario === undefined ? {} : { scenario }),
      ...(machine === undefined ? {} : { machine }),
    });
    if (flag(words, 'json') || flag(words, 'print')) {
      process.stdout.write(flag(words, 'json') ? asJson(kept) : asText(kept));
      return exitCodes.passed;
    }
    const asThen = kept.record.accelerator === 'tcg' ? 'tcg' : 'auto';
    const { accelerator } = await acceleratorFor(
      words.accelerator === undefined ? asThen : acceleratorWish(words),
    );
    process.stderr.write('what is written to its disks now is discarded at the end\n');
    const ended = await runShell(kept, { accelerator, attach: attachTerminal });
    return ended === 'interrupted' ? exitCodes.interrupted : exitCodes.passed;
  },
};

function asJson({ scenarioId, record, disks }: KeptMachine): string {
  const { name: machine, accelerator, spec, inputs } = record;
  return `${JSON.stringify({ scenarioId, machine, disks, inputs, accelerator, spec }, undefined, 2)}\n`;
}

function asText({ scenarioId, record, disks }: KeptMachine): string {
  const spec = record.spec as unknown as MachineSpec;
  const declared = new Map((spec.disks ?? []).map((disk) => [disk.name, disk]));
  const lines = Object.entries(disks).map(([name, { format, path }]) => {
    const disk = declared.get(name);
    const over = format === 'overlay' && disk !== undefined ? `, qcow2 over ${disk.path}` : '';
    return `disk ${name} (${disk?.controller ?? 'pulled out'}): ${path}${over}`;
  });
  const files = Object.entries(record.inputs.files).map(([what, { path }]) => `${what}: ${path}`);
  const { disks: _, ...hardware } = spec;
  const shown = [`${record.name} of ${scenarioId}`, ...lines, ...files];
  return `${shown.join('\n')}\nhardware: ${JSON.stringify(hardware, undefined, 2)}\n`;
}
