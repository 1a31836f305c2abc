import { pathToFileURL } from 'node:url';
import { launch } from 'puppeteer-core';
import { benchErrors } from './errors.ts';

/** How a page came up, in milliseconds since the browser began to navigate to it. */
export interface PageOpening {
  /** The end of the load event's handlers. */
  loadedMs: number;
  firstContentfulPaintMs: number;
  /** The later of both. */
  openMs: number;
}

const openTimeoutMs = 60_000;

/**
 * Opens a file in a new Chromium without a window, whose start does not count.
 *
 * @param expectedText Has to stand on the page.
 * @throws BENCH_NOT_MEASURED when the page is not the one that is expected, or reports errors.
 */
export async function openPage(
  chromiumPath: string,
  pagePath: string,
  expectedText: string,
): Promise<PageOpening> {
  // The sandbox of a browser does not work for root; what it opens is our own file.
  const browser = await launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox'],
    // Signals are the runner's; the library would end the process.
    ...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false },
  });
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(pathToFileURL(pagePath).href, { waitUntil: 'load', timeout: openTimeoutMs });
    const seen = await page.evaluate(readOpening, expectedText);
    if (!seen.hasText) problems.push(`the page does not say ${JSON.stringify(expectedText)}`);
    if (problems.length > 0) {
      const got = problems.join('\n');
      throw benchErrors.BENCH_NOT_MEASURED({ tried: 'open the page', where: pagePath, got });
    }
    const { loadedMs, firstContentfulPaintMs } = seen;
    return { loadedMs, firstContentfulPaintMs, openMs: Math.max(loadedMs, firstContentfulPaintMs) };
  } finally {
    await browser.close();
  }
}

/** Runs in the page; the paint may come after the load event, and is waited for. */
async function readOpening(expectedText: string) {
  const firstContentfulPaintMs = await new Promise<number>((resolve) => {
    const look = (entries: PerformanceEntryList) => {
      const paint = entries.find(({ name }) => name === 'first-contentful-paint');
      if (paint !== undefined) resolve(paint.startTime);
    };
    new PerformanceObserver((list) => look(list.getEntries())).observe({ type: 'paint', buffered: true });
  });
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  const hasText = document.body.textContent.includes(expectedText);
  return { firstContentfulPaintMs, loadedMs: navigation?.loadEventEnd ?? Number.NaN, hasText };
}
