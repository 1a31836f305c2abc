import picocolors from 'picocolors';
import { defaultCachePath } from '../../../foundation/index.ts';
import { acceleratorFor } from '../../accelerator-for.ts';
import { examineHost, type Finding } from '../../examine-host.ts';
import { exitCodes } from '../../exit-code.ts';
import { acceleratorOption, acceleratorWish } from '../accelerator-option.ts';
import type { Command } from '../command.ts';
import { flag } from '../option-values.ts';

/** `assay doctor`: whether this host has what Assay needs, and what mends what is missing. */
export const doctor: Command = {
  usage: 'doctor',
  summary: 'check programs, QEMU, accelerator, disk space, memory and folders of this host',
  options: { accelerator: acceleratorOption },
  examples: [
    ['assay doctor', 'each finding, with the command that mends it'],
    ['assay doctor --json', 'the same for a script; exit code 3 when something is missing'],
  ],
  async run(words) {
    const findings = await examineHost(defaultCachePath(), () => acceleratorFor(acceleratorWish(words)));
    process.stdout.write(
      flag(words, 'json') ? `${JSON.stringify({ findings }, undefined, 2)}\n` : asLines(findings),
    );
    return findings.some(({ state }) => state === 'ill') ? exitCodes.harnessOrHost : exitCodes.passed;
  },
};

function asLines(findings: readonly Finding[]): string {
  const paint = picocolors.createColors(process.stdout.isTTY && process.env.NO_COLOR === undefined);
  const mark = { well: paint.green('ok     '), warning: paint.yellow('warning'), ill: paint.red('ILL    ') };
  return findings
    .map(({ what, state, detail, remedy }) => {
      const line = `${mark[state]}  ${what}: ${detail}\n`;
      return remedy === undefined ? line : `${line}         to mend it: ${remedy}\n`;
    })
    .join('');
}
