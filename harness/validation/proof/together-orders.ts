/** In which the firmware tries the disks; the machine has them in the first order always. */
export const bootOrders: readonly (readonly string[])[] = [
  ['original', 'clone'],
  ['clone', 'original'],
];
