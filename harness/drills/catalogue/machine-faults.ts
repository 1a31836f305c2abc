import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { RunningMachine } from '../../../vm/index.ts';
import { drillsErrors } from '../errors.ts';
import { declareFault } from '../fault-declaration.ts';

/** From when a hang is written until it is looked at. */
const settleMs = 200;

/** Faults of what runs in the machine, and of the whole machine's time. */
export const machineFaults = [
  declareFault({
    name: 'machine-hangs',
    layer: 'machine',
    summary: 'the whole machine stands still for a while, its clock and its watchdog, too',
    proves: 'a pause such as a snapshot makes does not end in a failure',
    parameters: z.object({ seconds: z.number().positive().max(600).default(5).describe('how long') }),
    when: 'on',
    noticedAs: ['VM_MACHINE_STALLED'],
    async inject({ running, signal }, { seconds }) {
      const on = running!;
      await on.qmp.execute('stop');
      let status: string;
      try {
        ({ status } = await on.qmp.execute<{ status: string }>('query-status'));
        await delay(seconds * 1000, undefined, { signal });
      } finally {
        // Another fault may have pulled the plug meanwhile.
        if (on.isOn) await on.qmp.execute('cont');
      }
      return {
        what: `the machine stood still for ${seconds} s`,
        proof: () => (status === 'paused' ? `QEMU said: ${status}` : undefined),
      };
    },
  }),
  declareFault({
    name: 'system-hangs',
    layer: 'machine',
    summary: 'what runs goes round in circles with interrupts off, while clock and watchdog go on',
    proves: 'a system that hangs is restarted by its watchdog',
    parameters: z.object({}),
    when: 'on',
    async inject({ running, signal }) {
      const changed = await running!.breakGuest('hang');
      await delay(settleMs, undefined, { signal });
      const registers = await running!.qmp.monitor('info registers');
      const [, at = '', flags = ''] = /[RE]IP=([0-9a-f]+) [RE]FL=([0-9a-f]+)/.exec(registers) ?? [];
      if (at === '' || (Number.parseInt(flags, 16) & interruptFlag) !== 0) {
        throw drillsErrors.DRILLS_INJECTION_FAILED({
          tried: 'let the system hang',
          expected: 'a processor with interrupts switched off',
          got: registers.split('\n').find((line) => line.includes('IP=')) ?? registers.slice(0, 200),
        });
      }
      const proof = `${changed}; ${settleMs} ms later the processor stands at 0x${at} with interrupts off`;
      return { what: 'the system hangs', proof: () => proof };
    },
  }),
  declareFault({
    name: 'kernel-panics',
    layer: 'machine',
    summary: 'the kernel loses its stack, and panics',
    proves: 'a kernel that panics ends in a restart',
    parameters: z.object({}),
    when: 'on',
    async inject({ running }) {
      const panic = whenShown(running!, /Kernel panic - not syncing: [^\n]+/);
      const changed = await running!.breakGuest('panic').catch((error) => {
        panic.silence();
        throw error;
      });
      return {
        what: 'the kernel was made to panic',
        proof: () => (panic.shown === undefined ? undefined : `${changed}; the console: ${panic.shown}`),
        happened: panic.happened,
        stop: () => panic.silence(),
      };
    },
  }),
  declareFault({
    name: 'machine-check',
    layer: 'machine',
    summary: 'the processor reports an error that it cannot correct',
    proves: 'broken memory or a broken processor ends in a restart, and not in silence',
    parameters: z.object({}),
    when: 'on',
    async inject({ running }) {
      const failures = () => running!.qmpEvents.filter(({ event }) => event === 'MEMORY_FAILURE');
      const before = failures().length;
      // Intel SDM, volume 3B, 16.3: valid, uncorrected, enabled, context corrupt; in progress.
      await running!.qmp.monitor('mce 0 1 0xb200000000000000 0x4 0x0 0x0');
      return {
        what: 'the processor has reported an uncorrected error',
        proof: () => {
          const event = failures()[before];
          return event && `QEMU's event MEMORY_FAILURE: ${JSON.stringify(event.data)}`;
        },
      };
    },
  }),
];

/** Bit 9 of the processor's flags. */
const interruptFlag = 0x200;

/** Listens for a line of the console, as text and not in pieces. */
function whenShown(running: RunningMachine, pattern: RegExp) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const found: { shown: string | undefined; happened: Promise<void>; silence: () => void } = {
    shown: undefined,
    happened: promise,
    silence: running.console.listen((text) => {
      recent = (recent + text).slice(-4096);
      const [line] = pattern.exec(recent) ?? [];
      if (line === undefined) return;
      found.shown = line.trim();
      found.silence();
      resolve();
    }),
  };
  let recent = '';
  return found;
}
