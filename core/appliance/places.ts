/** Where the partitions of the layout are mounted; the images have these folders. */
export const places = {
  data: '/data',
  data2: '/data2',
  settings: '/settings',
  backup: '/backup',
  setup: '/setup',
} as const;
