import type { QmpClient } from '../qmp-client.ts';

/** Whether a debugger is connected to the stub that QEMU was started with. @throws as `QmpClient.execute`. */
export async function isDebuggerAttached(qmp: QmpClient): Promise<boolean> {
  const devices = await qmp.execute<{ label: string; filename: string }[]>('query-chardev');
  return devices.some(({ label, filename }) => label === 'gdb' && !filename.startsWith('disconnected:'));
}
