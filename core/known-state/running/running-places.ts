/** Where the running system's files lie; tests have others. */
export interface RunningPlaces {
  /** Which partitions there are, and where; sealed into the image. */
  configurationPath: string;
  /** The kernel's command line: which partition was started. */
  commandLinePath: string;
  /** The application of the image: `start`, `health`, `service.yaml`; each may be missing. */
  applicationFolder: string;
  /** Where the first data partition is mounted. */
  dataFolder: string;
  /** Where the further ones are mounted, each in a folder by its name. */
  furtherDataFolder: string;
  /** In memory: what holds only until the next start. */
  runFolder: string;
  /** Who is told; the first one that is there counts. */
  notifyPaths: readonly string[];
  sysFolder: string;
}

export const runningPlaces: RunningPlaces = {
  configurationPath: '/etc/assay/known-state.json',
  commandLinePath: '/proc/cmdline',
  applicationFolder: '/opt/application',
  dataFolder: '/data',
  furtherDataFolder: '/run/data',
  runFolder: '/run/assay',
  notifyPaths: ['/data/assay/notify.yaml', '/etc/assay/notify.yaml'],
  sysFolder: '/sys',
};
