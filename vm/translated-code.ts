import { inDebugger } from './debugger-stub.ts';
import type { QmpClient } from './qmp-client.ts';

const limitMs = 2_000;

/**
 * Makes QEMU's emulator (TCG) forget all code that it has translated. A guest that restarts writes its new kernel
 * over the old one, and TCG then takes the old translation apart write by write: with Debian 12's QEMU 7.2 a kernel
 * needs 5.5 s from reset to its first program, 1.7 s when the translations are gone. QEMU drops them when its
 * debugger stub reports a single step, so one instruction is stepped: a few milliseconds, after which the guest runs
 * on and nothing listens any more. A machine that is paused is left alone.
 *
 * @param socketPath A path for the stub's socket; nothing is left there.
 * @throws VM_QMP_FAILED, VM_QMP_TIMEOUT, VM_MACHINE_OFF, FOUNDATION_DEADLINE_EXCEEDED. The machine runs on.
 */
export async function forgetTranslatedCode(qmp: QmpClient, socketPath: string): Promise<void> {
  const { status } = await qmp.execute<{ status: string }>('query-status');
  if (status !== 'running') return;
  await inDebugger(qmp, socketPath, limitMs, async (stub) => {
    // One step. Interrupts stay on during it: a guest that sleeps in HLT would never end it otherwise.
    await stub.ask('Qqemu.sstep=0x1', /^OK/);
    await stub.ask('s', /^T05/);
  });
}
