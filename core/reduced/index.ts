export { runAgent } from './agent/run-agent.ts';
export { type MediumConfiguration, readMediumConfiguration } from './medium-configuration.ts';
export { exitCodes, loadAll, type RunSurroundings, runScripts } from './run-scripts.ts';
export { runSession, type SessionSurroundings } from './run-session.ts';
export { type SessionPlaces, sessionPlaces } from './session-places.ts';
