/** In the primary root while pre-install is under way; a backup that held it would not be of a finished system. */
export const preInstallMarkPath = '/etc/assay/pre-install';

/** In the primary root from pre-install to first boot: the network stays down and the page away. */
export const networkDisabledPath = '/etc/assay/network-disabled';

/** Defaults of the second data partition, where the disk that will carry it is not there at pre-install. */
export const stagedData2Path = '/opt/applications/data2';
