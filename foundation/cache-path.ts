import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where Assay keeps what it can make again: `$XDG_CACHE_HOME/assay`, by default `~/.cache/assay`. */
export function defaultCachePath(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'assay');
}
