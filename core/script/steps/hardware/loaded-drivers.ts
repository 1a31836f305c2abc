import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { moduleName } from './driver-list.ts';
import type { HardwarePlaces } from './places.ts';
import { readSysFile } from './sys-file.ts';

/** Whether the kernel has a driver, loaded or built in (spec R6: one that loads and initialises presumes that its hardware works). */
export function isDriverLoaded(driver: string, places: HardwarePlaces, kernelRelease = release()): boolean {
  const name = moduleName(driver);
  if (existsSync(join(places.sysFolder, 'module', name))) return true;
  // What is built in and takes no parameters has no folder in /sys/module.
  const builtIn = readSysFile(join(places.modulesFolder, kernelRelease, 'modules.builtin')) ?? '';
  return builtIn.split('\n').some((path) => moduleName(path.trim()) === name);
}
