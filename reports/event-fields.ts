import { z } from 'zod';
import { boundText } from './bounded-text.ts';

/** A string of an event: what is longer is cut with a mark when the event is parsed. */
export const text = (maxLength: number) => z.string().overwrite((value) => boundText(value, maxLength));
export const id = text(200).min(1);
export const name = text(300).min(1);
export const sentence = text(2_000);
export const path = text(4_096);
export const words = text(8_000);
export const count = z.int().nonnegative();
