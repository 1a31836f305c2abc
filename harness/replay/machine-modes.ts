import type { MachineSpec, RecordingNotice } from '../../vm/index.ts';

/** How all machines of a run are run, whatever their declarations say. */
export interface MachineModes {
  /** Each power-on is recorded, where that is possible, so that `assay replay` can repeat it exactly. */
  record?: boolean;
  /** Time is counted in instructions, where that is possible. */
  virtualTime?: boolean;
}

interface Note {
  level: 'info' | 'warning';
  text: string;
}

/** A machine's declaration in the modes of the run, and what is to be said of it: a mode is never left out in silence. Pure. */
export function inModes(
  spec: MachineSpec,
  { virtualTime = false }: MachineModes,
): { spec: MachineSpec; note?: Note } {
  if (!virtualTime || spec.virtualTime) return { spec };
  const because = noVirtualTime(spec);
  if (because !== undefined) {
    return {
      spec,
      note: { level: 'warning', text: `${spec.name} does not run in virtual time: ${because}` },
    };
  }
  return {
    spec: { ...spec, virtualTime: true },
    note: { level: 'info', text: `${spec.name} runs in virtual time` },
  };
}

function noVirtualTime({ cpus = 1, disks = [] }: MachineSpec): string | undefined {
  if (cpus > 1) return `it has ${cpus} processors`;
  const intercepted = disks.find((disk) => disk.intercepted);
  if (intercepted) {
    return `the requests of its disk ${intercepted.name} pass through Assay, and while one waits, hours of the guest go by`;
  }
  return undefined;
}

/** What the report says of a power-on that was to be recorded. Pure. */
export function recordingNote(machine: string, notice: RecordingNotice): Note {
  const powerOn = `power-on ${notice.powerOn} of ${machine}`;
  if (notice.kind === 'not-recorded') {
    return { level: 'warning', text: `${powerOn} is not recorded: ${notice.because}` };
  }
  const { heldUntil } = notice;
  if (heldUntil === undefined) return { level: 'info', text: `${powerOn} is recorded` };
  const { instruction, because } = heldUntil;
  return {
    level: 'warning',
    text: `${powerOn} is recorded up to instruction ${instruction}, and no further: ${because}`,
  };
}
