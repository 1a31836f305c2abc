import type { Duplex } from 'node:stream';

/** Writes to a stream and waits while it takes no more. @throws what `gone` rejects with. */
export async function writeAll(stream: Duplex, text: string, gone: () => Gone): Promise<void> {
  if (stream.write(text)) return;
  const { promise, release } = gone();
  try {
    await Promise.race([new Promise<void>((resolve) => stream.once('drain', resolve)), promise]);
  } finally {
    release();
  }
}

interface Gone {
  promise: Promise<never>;
  release: () => void;
}
