/** What `assay explore` takes where nothing is said. */
export const exploreDefaults = { budget: '10min', wellWithin: '5min', draws: 400 } as const;
