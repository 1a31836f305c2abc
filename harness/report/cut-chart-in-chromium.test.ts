import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import t, { type Test } from 'tap';
import { htmlReport, noMaterial } from '../../reports/index.ts';
import { exploration, givenSpan } from '../../reports/test-data/explored-span.ts';
import { folded, passed, runEnded, started } from '../../reports/test-data/folded.ts';
import { hostileTexts } from '../../reports/test-data/hostile-texts.ts';

let browser: Browser;
t.before(async () => {
  // CI runs as root, and Chromium's sandbox does not.
  browser = await puppeteer.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
});
t.teardown(() => browser?.close());

const run = folded([
  [0, started('one')],
  [1, passed('one')],
  [2, runEnded({ passed: 1 })],
]);

/** The page of an exploration with these texts, and what it complained about. */
async function open(t: Test, text: string, isScripted = true): Promise<{ page: Page; complaints: string[] }> {
  const found = exploration(givenSpan(text));
  const path = join(t.testdir(), 'report.html');
  const material = { ...noMaterial, exploration: { path: 'explore.json', found } };
  writeFileSync(path, htmlReport(run, new Map([['one', material]])));
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => complaints.push(message.text()));
  await page.setJavaScriptEnabled(isScripted);
  await page.goto(pathToFileURL(path).href);
  return { page, complaints };
}

/** What has the focus, by its name. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.querySelector('title')?.textContent ?? '');
}

t.test('arrow keys go from column to column, and each says what it shows', async (t) => {
  const { page, complaints } = await open(t, 'ASSAY READY');
  await page.$eval('g.column[tabindex="0"]', (column) => (column as SVGGElement).focus());
  t.match(await focused(page), /^cut 0, before everything/);
  await page.keyboard.press('ArrowRight');
  t.match(await focused(page), /^entry 0, then cut 1: 1 write of 4 KiB to ASSAY READY/);
  t.match(await page.$eval('[data-status]', ({ textContent }) => textContent), /^entry 0, then cut 1/);
  await page.keyboard.press('ArrowLeft');
  t.match(await focused(page), /^cut 0/);
  t.equal((await page.$$('g.column[tabindex="0"]')).length, 1, 'one of them is tabbed to');
  t.strictSame(complaints, []);
  await page.close();
});

t.test(
  'without scripts, what matters is reached by Tab, and a failure leads to what was found',
  async (t) => {
    const { page, complaints } = await open(t, 'ASSAY READY', false);
    await page.focus('.cut-chart .scroll');
    const reached: string[] = [];
    for (let presses = 0; presses < 3; presses += 1) {
      await page.keyboard.press('Tab');
      reached.push(await focused(page));
    }
    t.match(reached, [
      /^promised before cut 0: ASSAY READY/,
      /^promised before cut 5/,
      /^1 state not legal\. entry 6/,
    ]);
    await page.keyboard.press('Enter');
    await page.waitForSelector('li:target');
    t.match(await page.$eval('li:target', ({ textContent }) => textContent), /^7:lost=6 ASSAY READY/);
    t.strictSame(complaints, []);
    await page.close();
  },
);

t.test('hostile texts are texts', async (t) => {
  for (const what of ['the end of a script element', 'the end of character data', 'direction changes']) {
    const { page, complaints } = await open(t, hostileTexts[what]!);
    t.equal((await page.$$('.cut-chart svg g.column')).length, 13, what);
    t.equal((await page.$$('.cut-chart script, .cut-chart x')).length, 0);
    t.strictSame(complaints, []);
    await page.close();
  }
});
