export { runCommand } from './commands.ts';
export { serveMachine } from './serve-machine.ts';
