import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import puppeteer, { type Browser, type ElementHandle, type Page } from 'puppeteer-core';
import t from 'tap';
import { htmlReport, summariseRun } from '../../reports/index.ts';
import { drilledEvents } from '../../reports/test-data/drilled-run.ts';
import { folded } from '../../reports/test-data/folded.ts';
import { hostileRun } from '../../reports/test-data/hostile-run.ts';
import { hostileTexts } from '../../reports/test-data/hostile-texts.ts';
import { writeReportRun } from './fixtures/report-run.ts';
import { writeHtmlReport } from './write-html-report.ts';

const deadlineMs = 60_000;

let browser: Browser;
t.before(async () => {
  // CI runs as root, and Chromium's sandbox does not.
  browser = await puppeteer.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
});
t.teardown(() => browser?.close());

interface Opened {
  page: Page;
  /** Everything that the page asked for, itself included. */
  requests: string[];
  /** What it complained about. */
  complaints: string[];
}

async function open(path: string, width = 1280, scheme = 'light'): Promise<Opened> {
  const page = await browser.newPage();
  page.setDefaultTimeout(deadlineMs);
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => complaints.push(message.text()));
  await page.setViewport({ width, height: 800 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await page.goto(pathToFileURL(path).href);
  return { page, requests, complaints };
}

/** Waits until the text of a console's terminal is as wanted; fails with what it is. */
async function terminalShows(page: Page, id: string, wanted: RegExp, unwanted: RegExp): Promise<string> {
  const read = () => page.$eval(`#${id}`, (panel) => panel.querySelector('.ap-term')?.textContent ?? '');
  const end = Date.now() + deadlineMs;
  let text = await read();
  while (Date.now() < end && (!wanted.test(text) || unwanted.test(text))) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    text = await read();
  }
  return text;
}

/** Presses a link as a mouse does, wherever it is. */
async function press(link: ElementHandle | null): Promise<void> {
  if (link === null) throw new Error('there is no such link');
  await link.evaluate((element) =>
    element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true })),
  );
}

t.test('a failure is followed to the console at the moment of an event', async (t) => {
  const runFolder = t.testdir();
  const run = writeReportRun(runFolder);
  const path = await writeHtmlReport(run, runFolder);
  const { page, requests, complaints } = await open(path);

  t.match(await page.title(), /^0 passed, 1 failed, 1 errored, 1 skipped, 1 flaky/);
  await page.keyboard.press('n');
  t.equal(await page.evaluate(() => document.activeElement?.id), 'failure-1', 'n goes to the first failure');
  const articles = await page.$$eval('main article', (all) =>
    all.map(({ textContent }) => textContent ?? ''),
  );
  t.equal(articles.length, 3, 'every attempt is kept');
  t.match(articles[0], /the product broke.*the kernel of alpha panicked/s);
  t.match(articles[1], /floods \(attempt 1\).*the first attempt/s);
  t.match(articles[2], /the harness broke.*x is not a function/s, 'the product comes first');

  const places = await page.$$eval('#failure-1 .time-line a.mark', (marks) =>
    marks.map((mark) => mark.getAttribute('aria-label') ?? ''),
  );
  t.match(places.join('\n'), /0:00.6 power: power on/);
  t.match(places.join('\n'), /0:00.7 QMP: RESUME/);
  t.match(places.join('\n'), /0:06.5 console: panic/);

  await press(await page.$('#failure-1 .time-line a.mark[aria-label*="match: SECOND-LINE"]'));
  let text = await terminalShows(page, 'console-1', /SECOND-LINE/, /panic/);
  t.match(text, /SECOND-LINE of alpha/);
  t.notMatch(
    text,
    /FIRST-LINE|panic/,
    'what came before was cleared by the guest, what comes later is not there yet',
  );
  t.equal(await page.evaluate(() => location.hash), '#console-1@3.060', 'the moment has an address');

  await page.keyboard.press('Escape');
  t.match(
    await page.evaluate(() => document.activeElement?.getAttribute('aria-label')),
    /SECOND-LINE/,
    'Esc goes back',
  );
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  text = await terminalShows(page, 'console-1', /panic/, /AFTER/);
  t.match(text, /SECOND-LINE of alpha.*Kernel panic/s, 'the keyboard seeks, too');
  t.notMatch(text, /AFTER-THE-PANIC/);

  t.strictSame(requests, [pathToFileURL(path).href], 'no request but for the page itself');
  t.strictSame(complaints, []);
});

t.test('the address of a moment opens the console there', async (t) => {
  const runFolder = t.testdir();
  const path = await writeHtmlReport(writeReportRun(runFolder), runFolder);
  const { page } = await open(path);
  await page.goto(`${pathToFileURL(path).href}#console-1@1.5`);
  await page.reload();
  const text = await terminalShows(page, 'console-1', /FIRST-LINE/, /SECOND/);
  t.match(text, /FIRST-LINE of alpha/);
  t.notMatch(text, /SECOND-LINE/);
});

t.test('of a flood the beginning and the end can be replayed', async (t) => {
  const runFolder = t.testdir();
  const path = await writeHtmlReport(writeReportRun(runFolder), runFolder);
  const { page } = await open(path);
  const id = 'console-3';
  t.match(
    await page.$eval(`#${id}`, (panel) => panel.textContent),
    /of the recording are not in it.*whole log.*4\.\d MiB/s,
  );
  const seek = async (seconds: number) => {
    await page.evaluate((address) => location.assign(address), `#${id}@${seconds}`);
  };
  await seek(0.5);
  t.match(await terminalShows(page, id, /FLOOD-BEGINS/, /ENDS/), /FLOOD-BEGINS/);
  await seek(16);
  t.match(await terminalShows(page, id, /FLOOD-ENDS/, /^$/), /FLOOD-ENDS/);
});

t.test('it is right on a desk and on a phone, light and dark', async (t) => {
  const runFolder = t.testdir();
  const path = await writeHtmlReport(writeReportRun(runFolder), runFolder);
  const papers = new Set<string>();
  for (const [width, scheme] of [
    [1280, 'light'],
    [360, 'dark'],
  ] as const) {
    const { page } = await open(path, width, scheme);
    await page.$$eval('details', (all) => {
      for (const each of all) each.open = true;
    });
    await page.waitForFunction(() => document.querySelectorAll('.ap-term').length === 3);
    t.equal(
      await page.evaluate(() => document.documentElement.scrollWidth),
      width,
      `nothing sticks out at ${width}`,
    );
    papers.add(await page.$eval('body', (body) => getComputedStyle(body).backgroundColor));
    t.same(await contrastProblems(page), [], `texts can be read, ${scheme}`);
  }
  t.equal(papers.size, 2, 'dark is not light');
});

/** Texts whose contrast is below 4.5 to 1 (WCAG 2.2, 1.4.3), of those that lie on a plain ground. */
async function contrastProblems(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const parts = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
    const light = (color: string) => {
      const [red = 0, green = 0, blue = 0] = parts(color).map((part) => {
        const share = part / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const groundOf = (element: Element | null): string => {
      if (element === null) return 'rgb(255, 255, 255)';
      const { backgroundColor } = getComputedStyle(element);
      return parts(backgroundColor)[3] === 0 ? groundOf(element.parentElement) : backgroundColor;
    };
    const problems: string[] = [];
    for (const element of document.querySelectorAll('body *:not(script, svg *, .ap-player *)')) {
      const own = [...element.childNodes].filter(
        ({ nodeType, data = '' }: Node & { data?: string }) => nodeType === 3 && data.trim() !== '',
      );
      if (own.length === 0) continue;
      const [one, other] = [light(getComputedStyle(element).color), light(groundOf(element))];
      const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      if (contrast < 4.5)
        problems.push(`${contrast.toFixed(2)} ${element.tagName} ${element.textContent?.slice(0, 60)}`);
    }
    return [...new Set(problems)].slice(0, 10);
  });
}

t.test('the table of drills is one for eyes, keys and screen readers', async (t) => {
  const path = join(t.testdir(), 'report.html');
  writeFileSync(path, htmlReport(folded(drilledEvents)));
  for (const [width, scheme] of [
    [1280, 'light'],
    [360, 'dark'],
  ] as const) {
    const { page, complaints } = await open(path, width, scheme);
    const scrolled = await page.evaluate(() => document.documentElement.scrollWidth);
    t.equal(scrolled, width, `nothing sticks out at ${width}`);
    t.same(await contrastProblems(page), [], `texts can be read, ${scheme}`);
    t.strictSame(complaints, []);
  }
  const { page } = await open(path);
  const table = (await page.accessibility.snapshot({
    interestingOnly: false,
    root: (await page.$('#drills table'))!,
  }))!;
  const roles = (node: typeof table): string[] => [node.role, ...(node.children ?? []).flatMap(roles)];
  const count = (role: string) => roles(table).filter((one) => one === role).length;
  t.strictSame(['columnheader', 'rowheader'].map(count), [4, 3]);
  await press(await page.$('nav.page a[href="#drills"]'));
  await press(await page.$('#drills td a'));
  t.match(
    await page.evaluate(() => location.hash),
    /^#(failure|scenario)-\d$/,
    'a drill leads to its scenario',
  );
});

t.test('without JavaScript it can be read', async (t) => {
  const runFolder = t.testdir();
  const path = await writeHtmlReport(writeReportRun(runFolder), runFolder);
  const page = await browser.newPage();
  await page.setJavaScriptEnabled(false);
  await page.goto(pathToFileURL(path).href);
  const text = await page.$eval('body', (body) => (body as HTMLElement).innerText);
  t.match(text, /the kernel of alpha panicked/);
  t.match(text, /assay run damaged-root-recovers --seed 7/);
  t.match(text, /128 KiB written anew/);
  t.notMatch(text, /Filter|copy/, 'what needs it is not shown');
});

t.test('hostile texts stay texts', async (t) => {
  for (const [what, text] of Object.entries(hostileTexts)) {
    const path = join(t.testdir(), 'report.html');
    writeFileSync(path, htmlReport(summariseRun({ events: hostileRun(text) })));
    const { page, requests, complaints } = await open(path);
    t.equal(requests.length, 1, `${what}: no request`);
    t.strictSame(complaints, [], `${what}: no complaint`);
    const found = await page.evaluate(() => ({
      articles: document.querySelectorAll('main > section > article').length,
      scripts: document.scripts.length,
      help: document.querySelectorAll('body > dialog').length,
    }));
    t.strictSame(found, { articles: 2, scripts: 2, help: 1 }, `${what}: the page is whole`);
    await page.close();
  }
});
