/**
 * What the report does when it is used: consoles are replayed and sought, keys work, commands are copied. The page
 * is whole without it. It asks the network for nothing.
 */

/* global AsciinemaPlayer */

const root = document.documentElement;
const statusLine = document.querySelector('[data-status]');
const failures = [...document.querySelectorAll('[data-failure]')];
const scenarios = [...document.querySelectorAll('details.scenario')];
const scrollBehavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'instant' : 'smooth';

/** A serial port knows no size; so many lines are seen at once. */
const terminalRows = 30;

/** The player of each console that has been opened, or the promise of it. */
const players = new WeakMap();

/** What arrow keys go to in a time line: an event, or a column of a drawing of power cuts. */
const eventSelector = 'a.mark, g.column';

/** What led to a console, to go back to. */
let origin;

root.classList.add('scripted');

/* Consoles. */

/** The player is inert text until it is needed; the page's policy knows its hash. */
function loadPlayer() {
  if ('AsciinemaPlayer' in window) return;
  const script = document.createElement('script');
  script.textContent = document.querySelector('[data-player]').textContent;
  document.head.append(script);
}

async function recordingOf(panel) {
  const packed = Uint8Array.from(atob(panel.querySelector('[data-recording]').textContent), (letter) =>
    letter.charCodeAt(0),
  );
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return await new Response(unpacked).text();
}

async function createPlayer(panel) {
  loadPlayer();
  const data = await recordingOf(panel);
  const place = panel.querySelector('[data-terminal]');
  const look = {
    rows: terminalRows,
    fit: false,
    terminalFontSize: '12px',
    terminalLineHeight: 1.25,
    theme: 'asciinema',
  };
  return AsciinemaPlayer.create({ data }, place, { ...look, preload: true, controls: true });
}

function playerOf(panel) {
  if (!players.has(panel)) players.set(panel, createPlayer(panel));
  return players.get(panel);
}

/** Shows a console at a moment of its recording, and gives it the focus, so that its keys work. */
async function seekConsole(panel, seconds) {
  reveal(panel);
  panel.open = true;
  try {
    const player = await playerOf(panel);
    await player.seek(seconds);
    panel.dataset.at = seconds;
    panel.querySelector('.ap-wrapper')?.focus({ preventScroll: true });
    panel.scrollIntoView({ block: 'start', behavior: scrollBehavior });
    const clockMs = Number(panel.dataset.start) + seconds * 1000;
    say(`${panel.dataset.name} at ${clockText(clockMs)}`);
  } catch (error) {
    say(`the recording cannot be replayed: ${error instanceof Error ? error.message : error}`);
  }
}

function clockText(atMs) {
  const tenths = Math.round(atMs / 100);
  const seconds = Math.floor(tenths / 10);
  const minutes = Math.floor(seconds / 60) % 60;
  const hours = Math.floor(seconds / 3600);
  const padded = (number) => String(number).padStart(2, '0');
  const head = hours === 0 ? minutes : `${hours}:${padded(minutes)}`;
  return `${head}:${padded(seconds % 60)}.${tenths % 10}`;
}

function opened(panel) {
  if (panel.open) {
    playerOf(panel).catch((error) => say(`the recording cannot be replayed: ${error.message}`));
  } else players.get(panel)?.then((player) => player.pause());
}

/** `#console-3@12.5`: an address of a moment, which can be kept. */
function followAddress() {
  const [id, seconds] = decodeURIComponent(location.hash.slice(1)).split('@');
  const target = id === '' ? null : document.getElementById(id);
  if (target === null) return;
  if (target.matches('details.console') && seconds !== undefined) {
    seekConsole(target, Number(seconds) || 0);
    return;
  }
  reveal(target);
  if (target.matches('details')) target.open = true;
  target.scrollIntoView({ block: 'start' });
}

/** Unfolds everything that something lies in. */
function reveal(element) {
  for (
    let outer = element.parentElement?.closest('details');
    outer;
    outer = outer.parentElement?.closest('details')
  ) {
    outer.hidden = false;
    outer.open = true;
  }
}

/* Clicks. */

function clicked(event) {
  const target = event.target instanceof Element ? event.target : null;
  const seeking = target?.closest('[data-seek]');
  const panel = seeking && document.getElementById(seeking.getAttribute('href').slice(1));
  if (panel?.matches('details.console')) {
    event.preventDefault();
    origin = seeking;
    history.replaceState(null, '', `#${panel.id}@${seeking.dataset.seek}`);
    seekConsole(panel, Number(seeking.dataset.seek));
    return;
  }
  if (target?.closest('[data-copy]')) copyCommand(target.closest('.command'));
  else if (target?.closest('[data-help]')) showHelp();
  else if (target?.closest('[data-close]')) target.closest('dialog').close();
  else if (target?.closest('[data-unfold]')) toggleScenarios();
}

async function copyCommand(place) {
  if (!place) return;
  const code = place.querySelector('code');
  try {
    await navigator.clipboard.writeText(code.textContent);
    say('copied');
  } catch {
    // Not every browser lets a file have the clipboard: what is selected can be copied by hand.
    getSelection().selectAllChildren(code);
    say('selected: copy it with Ctrl-C');
  }
}

/** Where no tooltip comes by itself: what an event or a stage of a time line is. */
function pointedAt(event) {
  const label =
    event.target instanceof Element && event.target.closest('svg [aria-label]')?.getAttribute('aria-label');
  if (label) say(label);
}

let silence;

function say(text) {
  clearTimeout(silence);
  statusLine.textContent = text;
  silence = setTimeout(() => {
    statusLine.textContent = '';
  }, 4000);
}

/* Keys. */

function moveToFailure(step) {
  if (failures.length === 0) {
    say('there is no failure');
    return;
  }
  const present = presentFailure();
  const next = present === -1 ? (step > 0 ? 0 : failures.length - 1) : present + step;
  const failure = failures[Math.min(failures.length - 1, Math.max(0, next))];
  failure.focus({ preventScroll: true });
  failure.scrollIntoView({ block: 'start', behavior: scrollBehavior });
}

/** The failure that has the focus; -1 when none has. */
function presentFailure() {
  return failures.findIndex((failure) => failure.contains(document.activeElement));
}

function moveToSection(id) {
  const title = document.getElementById(`${id}-title`);
  title.scrollIntoView({ block: 'start', behavior: scrollBehavior });
  title.focus({ preventScroll: true });
}

function toggleScenarios() {
  const shown = scenarios.filter(({ hidden }) => !hidden);
  const open = shown.some((scenario) => !scenario.open);
  for (const scenario of shown) scenario.open = open;
  document.querySelector('[data-unfold]').textContent = open ? 'fold all' : 'unfold all';
}

function showHelp() {
  document.querySelector('[data-keys]').showModal();
}

const keys = {
  n: () => moveToFailure(1),
  j: () => moveToFailure(1),
  p: () => moveToFailure(-1),
  k: () => moveToFailure(-1),
  c: () => copyCommand((failures[presentFailure()] ?? failures[0])?.querySelector('.again .command')),
  s: () => moveToSection('scenarios'),
  t: () => moveToSection('time'),
  u: toggleScenarios,
  '/': () => document.querySelector('[data-filter]').focus(),
  '?': showHelp,
};

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target instanceof Element ? event.target : document.body;
  if (target.closest('.ap-wrapper')) {
    if (event.key === 'Escape') leaveConsole(target);
    return;
  }
  if (target.closest('input, textarea, select, dialog')) return;
  const line = target.closest('.time-line');
  if (line && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
    if (moveInTimeLine(line, event.key === 'ArrowLeft' ? -1 : 1)) event.preventDefault();
    return;
  }
  const act = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
  if (act === undefined) return;
  event.preventDefault();
  act();
}

function leaveConsole(target) {
  const back = origin?.isConnected ? origin : target.closest('details').querySelector('summary');
  reveal(back);
  back.focus();
}

/** One event of a time line can be tabbed to; arrow keys go to the others, in order of time. */
function moveInTimeLine(line, step) {
  const events = eventsOf(line);
  if (events.length === 0) return false;
  const present = events.indexOf(document.activeElement);
  const next = present === -1 ? 0 : Math.min(events.length - 1, Math.max(0, present + step));
  for (const [index, event] of events.entries()) event.setAttribute('tabindex', index === next ? '0' : '-1');
  events[next].focus({ preventScroll: true });
  events[next].scrollIntoView({ block: 'nearest', inline: 'center' });
  say(labelOf(events[next]));
  return true;
}

function eventsOf(line) {
  const events = [...line.querySelectorAll(eventSelector)];
  return events.sort((one, other) => placeOf(one) - placeOf(other));
}

function placeOf(mark) {
  return Number(mark.dataset.column ?? Number.parseFloat(mark.querySelector('svg').getAttribute('x')));
}

function labelOf(mark) {
  return mark.getAttribute('aria-label') ?? mark.querySelector('title').textContent;
}

/* The filter. */

function filterScenarios(event) {
  const wanted = event.target.value.trim().toLowerCase();
  let count = 0;
  for (const scenario of scenarios) {
    const text = `${scenario.dataset.outcome} ${scenario.querySelector('summary').textContent}`.toLowerCase();
    scenario.hidden = !text.includes(wanted);
    if (!scenario.hidden) count += 1;
  }
  document.querySelector('[data-shown]').textContent = wanted === '' ? '' : `${count} of ${scenarios.length}`;
}

/* Beginning. */

document.addEventListener('click', clicked);
document.addEventListener('keydown', pressed);
document.addEventListener('pointerover', pointedAt);
document.querySelector('[data-filter]')?.addEventListener('input', filterScenarios);
for (const panel of document.querySelectorAll('details.console')) {
  panel.addEventListener('toggle', () => opened(panel));
}
for (const line of document.querySelectorAll('.time-line')) {
  line.querySelector(eventSelector)?.setAttribute('tabindex', '0');
}
window.addEventListener('hashchange', followAddress);
followAddress();
