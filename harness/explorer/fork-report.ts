import type { ReportedState } from './span-report.ts';

/** What was judged in forks, of one recording; without it, the subject does not say how, or they were not wanted. */
export interface ForkReport {
  /** States that were judged in forks, those that were confirmed by a full boot among them. */
  judged: number;
  cameBack: number;
  /** Of the time in which forks were judged. */
  perMinute: number;
  /** Each with the state whose disks it was booted with, and how many forks there were of it. */
  templates: { state: string; forks: number }[];
  /** States that were booted in full because no template could stand for them, by the reason. */
  inFull: { why: string; states: number }[];
  /** What a fork found wrong was looked at again, each time by a full boot. */
  confirmed: number;
  /** Where the full boot was well: then the fork was no sound stand-in, and that is the harness's fault. */
  disagreements: ReportedState[];
}

/** The rows of the report. */
export function forkRows(report: ForkReport | undefined): [string, string][] {
  if (report === undefined) return [];
  const { judged, cameBack, perMinute, templates, inFull, confirmed, disagreements } = report;
  const unconfirmed = unconfirmedIn(report);
  const ofTemplates = `${templates.length} ${templates.length === 1 ? 'template' : 'templates'}`;
  const speed = judged === 0 ? '' : `, ${perMinute.toFixed(1)} a minute`;
  const lines = [
    ...inFull.map(({ why, states }) => `${states} booted in full: ${why}`),
    ...(confirmed === 0 ? [] : [`${confirmed} booted in full to confirm what a fork found`]),
    ...(unconfirmed > 0 ? [`${unconfirmed} were not back as forks, and no full boot has confirmed it`] : []),
  ];
  return [
    ['forks', `${judged} states judged in forks of ${ofTemplates}${speed}: ${cameBack} came back`],
    ...lines.map((line): [string, string] => ['', line]),
    ...disagreements.map(({ state, why }): [string, string] => [
      'DISAGREES',
      `${state}: back after a full boot, and not as a fork: ${why}`,
    ]),
  ];
}

/** How many states were not back as forks and were not looked at again: the time was over, or something broke. */
export function unconfirmedIn(report: ForkReport | undefined): number {
  return report === undefined ? 0 : report.judged - report.cameBack - report.confirmed;
}
