import { strict as assert } from 'node:assert';
import { benchGuest, typeAtPrompt } from './bench-guest.ts';
import type { Liar } from './liar.ts';

/** So long a guest has for what it does by itself, on a busy host as well. */
const restartMs = 8_000;

/** Guests that hang, flood, die, restart or go off: the product is to blame, and nobody else. */
export const guestLiars: readonly Liar[] = [
  {
    name: 'kernel-talks-while-commands-run',
    lie: 'the kernel of a machine prints into the middle of prompts and answers, and what is waited for is in it',
    blame: 'nobody',
    on: 'machine',
    truth: { outcome: 'passed' },
    async meet(bench) {
      const { console } = await benchGuest(bench);
      await console.run(
        'echo 7 >/proc/sys/kernel/printk; (while :; do echo "ASSAY READY # login: " >/dev/kmsg; usleep 20000; done) &',
      );
      for (let count = 0; count < 10; count += 1) {
        const { output } = await console.run(
          `for word in ${count} of ten; do echo $word; usleep 10000; done`,
        );
        assert.equal(output, `${count}\nof\nten\n`);
      }
    },
  },
  {
    name: 'guest-hangs',
    lie: 'a guest is busy and says nothing any more',
    blame: 'product',
    on: 'machine',
    truth: { outcome: 'failed', codes: ['VM_CONSOLE_SILENT'], evidence: /last words/ },
    async meet(bench) {
      const running = await benchGuest(bench);
      await typeAtPrompt(running, "trap '' 2; echo last words; while :; do :; done");
      await running.console.expect('last words\n');
      await running.console.expect('recovered', { timeoutMs: 1_500 });
    },
  },
  {
    name: 'guest-floods',
    lie: 'a guest prints without end',
    blame: 'product',
    on: 'machine',
    truth: { outcome: 'failed', codes: ['VM_CONSOLE_FLOODED'], evidence: /0123456789/ },
    async meet(bench) {
      const running = await benchGuest(bench);
      await typeAtPrompt(running, 'yes 0123456789');
      await running.console.expect('recovered', { timeoutMs: 6_000 });
    },
  },
  {
    name: 'guest-panics',
    lie: "a guest's kernel panics while something is waited for",
    blame: 'product',
    on: 'machine',
    truth: { outcome: 'failed', codes: ['VM_GUEST_PANICKED'], evidence: /sysrq triggered crash/i },
    async meet(bench) {
      const running = await benchGuest(bench);
      await typeAtPrompt(running, 'echo c >/proc/sysrq-trigger');
      await running.console.expect('recovered');
    },
  },
  {
    name: 'restarts-and-shows-its-prompt',
    lie: 'a machine restarts unasked, and its next start shows the prompt that is waited for',
    blame: 'product',
    on: 'machine',
    truth: { outcome: 'failed', codes: ['VM_GUEST_RESTARTED'], evidence: /guest-reset/ },
    async meet(bench) {
      const running = await benchGuest(bench);
      await typeAtPrompt(running, 'sleep 1; echo b >/proc/sysrq-trigger');
      await running.console.expect('ASSAY BENCH UP', { timeoutMs: 60_000, restart: 'fails' });
    },
  },
  {
    name: 'restarts-during-a-wait',
    lie: 'a machine restarts unasked while something is waited for that never comes',
    blame: 'product',
    on: 'machine',
    truth: {
      outcome: 'failed',
      codes: ['VM_CONSOLE_SILENT', 'VM_CONSOLE_TIMEOUT'],
      evidence: /restarted by itself once \(guest-reset/,
    },
    async meet(bench) {
      const running = await benchGuest(bench);
      await typeAtPrompt(running, 'reboot -f');
      await running.console.expect('the work is done', { timeoutMs: restartMs });
    },
  },
  {
    name: 'restarts-during-a-command',
    lie: 'a machine restarts unasked while a command runs',
    blame: 'product',
    on: 'machine',
    truth: { outcome: 'failed', codes: ['VM_SHELL_ENDED'], evidence: /the guest restarted[\s\S]*half done/ },
    async meet(bench) {
      const { console } = await benchGuest(bench);
      await console.run('echo half done; usleep 300000; echo b >/proc/sysrq-trigger; sleep 60');
    },
  },
  {
    name: 'switches-itself-off',
    lie: 'a machine switches itself off while something is waited for',
    blame: 'product',
    on: 'machine',
    truth: { outcome: 'failed', codes: ['VM_POWERED_OFF'] },
    async meet(bench) {
      const running = await benchGuest(bench);
      await typeAtPrompt(running, 'poweroff -f');
      await running.console.expect('the work is done', { timeoutMs: 60_000 });
    },
  },
];
