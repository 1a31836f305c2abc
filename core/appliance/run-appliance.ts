import { AssayError } from '../../foundation/assay-error.ts';
import { openWatchdog } from '../boot-loader/watchdog.ts';
import { readOsIdentity } from '../first-boot/os-identity.ts';
import { readProgress } from '../pre-install/progress.ts';
import { announce } from './announce.ts';
import { ApplianceStatus } from './appliance-status.ts';
import { Lcd } from './lcd.ts';
import { readLcdLogo } from './lcd-logo.ts';
import { Machine } from './machine.ts';
import { restart } from './power.ts';
import { startEmergency } from './start-emergency.ts';
import { startPrimary } from './start-primary.ts';

/**
 * Runs the appliance in whichever operating system was started. A primary that fails restarts the machine, so that
 * the boot loader's count decides (spec M10); pre-install and the emergency system stay up and say what is wrong,
 * because nothing better would follow.
 */
export async function runAppliance(): Promise<void> {
  const machine = await Machine.open();
  const { layout, system } = machine;
  await keepWatchdogFed(layout);
  const lcd = new Lcd(layout.lcd.port);
  const [{ hostName }, licence, logo] = await Promise.all([
    readOsIdentity(),
    machine.readLicence(),
    readLcdLogo(),
  ]);
  const status = new ApplianceStatus(lcd, layout.lcd, logo, {
    system,
    layout: layout.name,
    hostName,
    licenceLevel: licence?.level,
  });
  status.update({ state: 'starting' });
  try {
    await (system === 'primary' ? startPrimary(machine, status) : startEmergency(machine, status));
  } catch (error) {
    const code = error instanceof AssayError ? error.code : 'CORE_UNEXPECTED';
    const message = error instanceof Error ? error.message : String(error);
    announce(
      `FAILED ${JSON.stringify({ system, code, message, stack: error instanceof Error ? error.stack : undefined })}`,
    );
    status.update({ state: 'failed', detail: code });
    const isTemplate = (await readProgress(machine).catch(() => null))?.stage === 'template';
    if (system === 'primary' && !isTemplate) await restart('the primary failed');
    await lcd.settled();
    await new Promise<never>(() => {});
  }
}

/** Far more often than the watchdog of a layout waits; a program that hangs stops, and the machine is reset. */
const feedEveryMs = 5000;

/** It is never let go: as long as this program runs, it answers for the machine. */
async function keepWatchdogFed(layout: Machine['layout']): Promise<void> {
  const watchdog = await openWatchdog(layout);
  watchdog.feed();
  setInterval(() => watchdog.feed(), feedEveryMs);
}
