import type { RunningApplication } from '../applications/application.ts';
import { powerOff, restart } from './power.ts';

/** Time for the answer to leave before the machine does. */
const graceMs = 200;

/** `POST /api/restart` and `POST /api/power-off`. */
export function powerCommands(): RunningApplication {
  return {
    answer: async ({ method, path }) => {
      if (method !== 'POST') return undefined;
      if (path === '/api/restart') {
        setTimeout(() => void restart('on request'), graceMs);
        return { status: 202, json: { restarting: true } };
      }
      if (path === '/api/power-off') {
        setTimeout(() => void powerOff('on request'), graceMs);
        return { status: 202, json: { poweringOff: true } };
      }
      return undefined;
    },
    check: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}
