export { assembleMasterBootRecord } from './assemble-master-boot-record.ts';
export { assembleWatchdogFeeder } from './assemble-watchdog-feeder.ts';
export { type BootControl, BootControlStore, type BootTarget } from './boot-control.ts';
export { openWatchdog, type Watchdog, watchdogFeederPath } from './watchdog.ts';
