/** A driver, and what it is told when it is loaded. */
export interface DriverEntry {
  /** The name of a module, or the path of a `.ko` file. */
  driver: string;
  parameters: readonly string[];
}

/**
 * Reads a list of drivers (spec R6): one a line with its parameters behind it, and comments from `#` on. Pure.
 *
 * @example parseDriverList('# cards\ne1000 debug=1\nvendor/fast.ko\n')
 */
export function parseDriverList(text: string): DriverEntry[] {
  const lines = text.split('\n').map((line) => line.replace(/(^|\s)#.*/, '').trim());
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const [driver, ...parameters] = line.split(/\s+/);
      return { driver: driver!, parameters };
    });
}

/** Whether an entry names a file, such as one from a vendor, and not a module of the system. */
export function isDriverFile(driver: string): boolean {
  return driver.endsWith('.ko');
}

/** The name under which the kernel knows a driver, be it a name or a file: it writes `_` for `-`. */
export function moduleName(driver: string): string {
  return driver.replace(/.*\//, '').replace(/\.ko$/, '').replaceAll('-', '_');
}
