/** How the system of a medium starts when nobody says otherwise. */
export type MediumMode = 'reduced' | 'normal';

export interface MediumLoaderOptions {
  /** What `/live/id` on the medium holds. */
  mediumId: string;
  kernelArguments: readonly string[];
  mode: MediumMode;
  /** After how many seconds the session is ended by a forced restart (spec R9). */
  limitSeconds: number;
  /** The shell at the prompt (spec R4). */
  shell: string;
}

/**
 * The configuration of isolinux (syslinux wiki, "Config"): both modes are there, one starts by itself. Whoever wants the
 * other one holds Shift or Alt, or has Caps Lock on, and types its name.
 */
export function isolinuxConfiguration(options: MediumLoaderOptions): string {
  const { mediumId, kernelArguments, mode, limitSeconds, shell } = options;
  const always = [...kernelArguments, `assay.medium=${mediumId}`];
  const reduced = ['assay.reduced', `assay.limit=${limitSeconds}`, `assay.shell=${shell}`];
  return [
    'SERIAL 0 115200',
    `DEFAULT ${mode}`,
    'PROMPT 0',
    'TIMEOUT 0',
    ...entry('reduced', [...always, ...reduced]),
    ...entry('normal', always),
    '',
  ].join('\n');
}

function entry(label: MediumMode, kernelArguments: readonly string[]): string[] {
  return [
    `LABEL ${label}`,
    '  LINUX /live/kernel',
    '  INITRD /live/initramfs',
    `  APPEND ${kernelArguments.join(' ')}`,
  ];
}
