/** A value of the profile, with the reason for it. */
export interface SaidValue {
  value: string;
  /** In words, for the comment beside it. */
  why: string;
  /** What only stands for something that could not be known is commented out. */
  isKnown: boolean;
}

export function known(value: string, why: string): SaidValue {
  return { value, why, isKnown: true };
}

export function unknown(value: string, why: string): SaidValue {
  return { value, why, isKnown: false };
}
