import picocolors from 'picocolors';

/** Functions that paint text, or leave it as it is. */
export type Colors = ReturnType<typeof picocolors.createColors>;

export const terminalColors: Colors = picocolors.createColors(true);

/** For NO_COLOR, --no-color, files and other formats. */
export const noColors: Colors = picocolors.createColors(false);
