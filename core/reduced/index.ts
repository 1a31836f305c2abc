export { exitCodes, loadAll, type RunSurroundings, runScripts } from './run-scripts.ts';
export { runSession, type SessionSurroundings } from './run-session.ts';
export { type SessionPlaces, sessionPlaces } from './session-places.ts';
