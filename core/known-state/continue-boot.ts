export { type ChainOptions, continueByChain } from './continue-boot-by-chain.ts';
export { continueByKexec, type KexecOptions } from './continue-boot-by-kexec.ts';
