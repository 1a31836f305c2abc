/** Where the kernel says what hardware there is; other folders in tests. */
export interface HardwarePlaces {
  sysFolder: string;
  procFolder: string;
  devFolder: string;
  /** The folders of kernel modules, one per version of the kernel. */
  modulesFolder: string;
  /** Where removable disks are mounted, each in a folder that is called as its partition. */
  removableFolder: string;
  /** What was found is written here, as JSON. */
  inventoryPath: string;
}

export const machinePlaces: HardwarePlaces = {
  sysFolder: '/sys',
  procFolder: '/proc',
  devFolder: '/dev',
  modulesFolder: '/lib/modules',
  removableFolder: '/run/removable',
  inventoryPath: '/run/assay/hardware.json',
};
