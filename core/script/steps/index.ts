export { stepKinds } from './step-kinds.ts';
