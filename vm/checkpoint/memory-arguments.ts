/** Where a machine's memory is, when it is a file. */
export interface MachineMemory {
  path: string;
  /** What the guest writes goes into the file; else the machine is a fork, and what it writes is its own. */
  isShared: boolean;
}

const backendId = 'memory';

/** Added to QEMU's `-machine`; nothing for memory that is no file. */
export function memoryMachineOption(memory: MachineMemory | undefined): string {
  return memory === undefined ? '' : `,memory-backend=${backendId}`;
}

/**
 * Memory as a file, mapped shared or, by forks, private: then the kernel copies a page when it is written for the
 * first time, and the file stays as it is. A fork waits for the state of its devices before it runs (`defer`).
 */
export function memoryArguments(memory: MachineMemory | undefined, memoryMiB: number): string[] {
  if (memory === undefined) return [];
  const backend = {
    'qom-type': 'memory-backend-file',
    id: backendId,
    'mem-path': memory.path,
    size: memoryMiB * 1024 * 1024,
    share: memory.isShared,
  };
  return ['-object', JSON.stringify(backend), ...(memory.isShared ? [] : ['-incoming', 'defer'])];
}
