/** What the appliance's display shows (docs/lcd.md, "Text frame"). */
export interface LcdFrame {
  /** The first row: `READY`, `EMERGENCY`, `IDENTITY CONFLICT`, … */
  state: string;
  /** Eight hexadecimal digits as `B804-5702`; null where the display shows `-`. */
  identityNumber: string | null;
  /** Null where the display shows `-`. */
  licenceLevel: string | null;
  /** The fourth row: a step, a share, a host name, a reason. Empty where there is none. */
  detail: string;
  rows: string[];
}

/** What came from the port of a display. */
export interface LcdReading {
  /** Complete text frames in the order in which they came; the last one is what the display shows. */
  frames: LcdFrame[];
  /** Frames that are complete and wrong, each with what is wrong: an appliance should never send one. */
  malformed: string[];
}

/** The size of a display in characters. */
export interface LcdSize {
  columns: number;
  rows: number;
}

const formFeed = 0x0c;
const bitmapBegin = 0x0e;
const frameEnd = 0x04;

/**
 * Reads the bytes that came from an appliance's display port, from any point on: what comes before the first frame
 * and a last frame that is not finished are passed over, and so is a frame that another one interrupts.
 */
export function readLcdFrames(bytes: Uint8Array, size: LcdSize = { columns: 20, rows: 4 }): LcdReading {
  const reading: LcdReading = { frames: [], malformed: [] };
  let begin = -1;
  for (const [at, byte] of bytes.entries()) {
    if (byte === formFeed || byte === bitmapBegin) begin = at;
    else if (byte === frameEnd && begin !== -1) {
      if (bytes[begin] === formFeed) addFrame(reading, bytes.subarray(begin + 1, at), size);
      begin = -1;
    }
  }
  return reading;
}

function addFrame(reading: LcdReading, body: Uint8Array, size: LcdSize): void {
  const text = Buffer.from(body).toString('latin1');
  const rows = text.split('\r\n').slice(0, -1);
  const isWhole = text.endsWith('\r\n') && rows.length === size.rows;
  const wrongRow = rows.find((row) => row.length !== size.columns || !/^[\x20-\x7e]*$/.test(row));
  const identity = /^ID +([0-9A-F]{4}-[0-9A-F]{4}|-) *$/.exec(rows[1] ?? '')?.[1];
  const licence = /^LICENCE +(\S.*?) *$/.exec(rows[2] ?? '')?.[1];
  const state = rows[0]?.trimEnd() ?? '';
  if (!isWhole || wrongRow !== undefined || identity === undefined || licence === undefined || state === '') {
    reading.malformed.push(JSON.stringify(text));
    return;
  }
  reading.frames.push({
    state,
    identityNumber: identity === '-' ? null : identity,
    licenceLevel: licence === '-' ? null : licence,
    detail: rows[3]?.trimEnd() ?? '',
    rows: rows.map((row) => row.trimEnd()),
  });
}
