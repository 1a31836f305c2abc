import { open } from 'node:fs/promises';

export interface LcdSize {
  columns: number;
  rows: number;
}

/** What the display shows, one item per row. */
export interface LcdContent {
  state: string;
  /** As {@link identityNumber} gives it; without it, the display says that there is none. */
  identityNumber?: string | undefined;
  licenceLevel?: string | undefined;
  detail?: string | undefined;
}

/**
 * One text frame for the display (docs/lcd.md): a form feed (0x0c), which clears it, then each row filled up with
 * spaces and ended by CR LF, then 0x04. Only printable ASCII goes into a row.
 */
export function textFrame(
  { state, identityNumber, licenceLevel, detail }: LcdContent,
  size: LcdSize,
): string {
  const rows = [
    state.toUpperCase(),
    `ID ${identityNumber ?? '-'}`,
    `LICENCE ${licenceLevel ?? '-'}`.toUpperCase(),
    detail ?? '',
  ];
  const shown = rows.slice(0, size.rows).map((row) => fit(row, size.columns));
  return `\x0c${shown.map((row) => `${row}\r\n`).join('')}\x04`;
}

/**
 * The display on its serial port. Frames that come faster than the port takes them are dropped but for the last:
 * a display shows the present, and must never hold the appliance up.
 */
export class Lcd {
  readonly #path: string;
  #pending: string | undefined;
  #writing: Promise<void> | undefined;

  /** @param port As the layout names it: `ttyS1`. */
  constructor(port: string) {
    this.#path = `/dev/${port}`;
  }

  show(...frames: readonly string[]): void {
    this.#pending = frames.join('');
    this.#writing ??= this.#drain();
  }

  /** Ends once everything is written; before a restart the last frame should be on its way. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async #drain(): Promise<void> {
    try {
      await using port = await open(this.#path, 'w');
      while (this.#pending !== undefined) {
        const text = this.#pending;
        this.#pending = undefined;
        await port.write(text);
      }
    } catch {
      // No display is no fault: the machine may have been built without one.
      this.#pending = undefined;
    } finally {
      this.#writing = undefined;
    }
  }
}

function fit(row: string, columns: number): string {
  return row
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, columns)
    .padEnd(columns);
}
