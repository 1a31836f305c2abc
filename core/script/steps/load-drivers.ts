import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { errorMessage } from '../../../foundation/index.ts';
import { scriptErrors } from '../errors.ts';
import { type StepContext, type StepKind, stepKind } from '../step-kind.ts';
import { failureWords } from './failure-words.ts';
import { type DriverEntry, isDriverFile, moduleName, parseDriverList } from './hardware/driver-list.ts';
import { isDriverLoaded } from './hardware/loaded-drivers.ts';
import { type HardwarePlaces, machinePlaces } from './hardware/places.ts';
import { pathInScript } from './path-in-script.ts';

const driverName = z
  .string()
  .regex(/^(?!-)[\w./+-]+$/, 'a driver is the name of a module or the path of a .ko file, without spaces');

const options = z
  .strictObject({
    drivers: z.array(driverName).min(1).optional().describe('Names of modules, or paths of .ko files.'),
    list: z
      .string()
      .min(1)
      .optional()
      .describe('A text file with one driver a line, parameters behind it, and comments from # on.'),
  })
  .refine(({ drivers, list }) => (drivers === undefined) !== (list === undefined), 'needs drivers or list');

/**
 * Loads drivers (spec R6): modules of the system, and vendors' `.ko` files as they are, whose paths begin beside the list.
 * All are tried; each that is not there or refuses is named.
 *
 * @throws SCRIPT_DRIVER_NOT_LOADED
 */
export function makeLoadDrivers(places: HardwarePlaces = machinePlaces): StepKind<typeof options> {
  return stepKind({
    name: 'load-drivers',
    summary: 'load drivers from a list, of the system or of vendors',
    options,
    async run({ drivers = [], list }, context) {
      const listPath = list && pathInScript(list, context);
      const entries = listPath === undefined ? drivers.map(alone) : await readList(listPath);
      const folder = listPath === undefined ? context.scriptFolder : dirname(listPath);
      const refused: string[] = [];
      for (const entry of entries) {
        await load(entry, folder, places, context).catch((error: unknown) => {
          context.signal.throwIfAborted();
          refused.push(`${entry.driver}: ${failureWords(error)}`);
        });
      }
      const loaded = entries.map(({ driver }) => driver);
      if (refused.length === 0) return { loaded: loaded.join(' ') };
      throw scriptErrors.SCRIPT_DRIVER_NOT_LOADED({
        tried: `load ${loaded.join(', ')}`,
        ...(listPath !== undefined && { where: listPath }),
        got: refused.join('\n            '),
      });
    },
  });
}

export const loadDrivers = makeLoadDrivers();

function alone(driver: string): DriverEntry {
  return { driver, parameters: [] };
}

async function readList(path: string): Promise<DriverEntry[]> {
  const tried = 'read the list of drivers';
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw scriptErrors.SCRIPT_DRIVER_NOT_LOADED({ tried, where: path, got: errorMessage(error) }, error);
  });
  const entries = parseDriverList(text);
  const wrong = entries.filter(({ driver }) => !driverName.safeParse(driver).success);
  if (wrong.length === 0) return entries;
  const got = wrong.map(({ driver }) => driver).join(', ');
  throw scriptErrors.SCRIPT_DRIVER_NOT_LOADED({ tried, where: path, expected: 'names of drivers', got });
}

async function load(
  { driver, parameters }: DriverEntry,
  folder: string,
  places: HardwarePlaces,
  { log, runProgram }: StepContext,
): Promise<void> {
  if (isDriverFile(driver)) {
    // insmod refuses what is there already; modprobe does not.
    if (!isDriverLoaded(driver, places)) await runProgram('insmod', [resolve(folder, driver), ...parameters]);
  } else await runProgram('modprobe', [driver, ...parameters]);
  log(`loaded ${moduleName(driver)}`);
}
