import { formatSize } from '../../foundation/index.ts';
import type { RunEventOf } from '../events.ts';
import type { ScenarioRun } from '../run-model.ts';
import { type AreaChange, areaChanges } from './area-changes.ts';
import { html, type Markup } from './markup.ts';
import { counted, saidLine } from './page-text.ts';
import { percent } from './time-line-axis.ts';

type DiskMap = ScenarioRun['diskMaps'][number];
type Area = RunEventOf<'disk-map'>['areas'][number];

/** Narrower, an area could not be seen. */
const leastShare = 0.015;

/** What lay on each disk of each machine, before and after, with what changed. */
export function diskMaps({ diskMaps: maps }: ScenarioRun): Markup {
  const disks = new Map<string, DiskMap[]>();
  for (const map of maps) {
    const key = `${map.machine}\n${map.disk}`;
    disks.set(key, [...(disks.get(key) ?? []), map]);
  }
  return [...disks.values()].map(diskMapOf);
}

function diskMapOf(maps: DiskMap[]): Markup {
  const before = maps.find(({ when }) => when === 'before');
  const after = maps.findLast(({ when }) => when === 'after');
  const known = after ?? before;
  if (known === undefined) return null;
  const changes = areaChanges(before?.areas, after?.areas);
  const changed = changes.filter(({ isChanged }) => isChanged).length;
  const verdict =
    after === undefined
      ? 'nothing was read after the scenario'
      : `${changed === 0 ? 'nothing' : counted(changed, 'area')} changed`;
  return html`<details class="disk" open=${changed > 0}>
    <summary>Disk <b>${saidLine(known.machine, 60)} \u00b7 ${saidLine(known.disk, 60)}</b>${' '}<span class="dim">${formatSize(known.sizeBytes)}, ${tableName(known.table)}</span> \u2014 ${verdict}</summary>
    ${before !== undefined && bar('before', before, new Set())}
    ${after !== undefined && bar('after', after, new Set(changes.filter((each) => each.isChanged).map((each) => each.after)))}
    <p class="dim">${scaleNote(known)}</p>
    <div class="scroll" tabindex="0" role="region" aria-label="areas of the disk"><table>
      <thead><tr><th>area</th><th class="number">starts at</th><th class="number">size</th><th>before</th><th>after</th><th>what changed</th></tr></thead>
      <tbody>${changes.map(areaRow)}</tbody>
    </table></div>
  </details>`;
}

function scaleNote({ pieceBytes }: DiskMap): string {
  const finely =
    pieceBytes === undefined
      ? 'The disk was too large to look for changed bytes.'
      : `Changes were looked for in pieces of ${formatSize(pieceBytes)}.`;
  return `${finely} Small areas are drawn wider than they are.`;
}

function tableName(table: DiskMap['table']): string {
  return { dos: 'MBR partition table', gpt: 'GPT', none: 'no partition table' }[table];
}

function bar(when: string, map: DiskMap, changed: ReadonlySet<Area | undefined>): Markup {
  const shares = map.areas.map(({ sizeBytes }) =>
    Math.max(leastShare, sizeBytes / Math.max(1, map.sizeBytes)),
  );
  const total = shares.reduce((sum, share) => sum + share, 0);
  let left = 0;
  return html`<div class="disk-bar"><span>${when}</span><svg height="26" role="img" aria-label=${`${when}: ${counted(map.areas.length, 'area')}`}>
    ${map.areas.map((area, index) => {
      const width = (shares[index] ?? 0) / total;
      const x = left;
      left += width;
      const classes = `area${area.number === undefined ? ' gap' : ''}${changed.has(area) ? ' changed' : ''}`;
      const label = `${area.number ?? ''} ${saidLine(area.name, 60)}`.trim();
      return html`<svg class=${classes} x=${percent(x)} width=${percent(width)} height="26">
        <rect width="100%" height="100%"/>${width > 0.05 && html`<text x="5" y="17">${changed.has(area) ? '\u0394 ' : ''}${label}</text>`}
        <title>${`${label}, ${formatSize(area.sizeBytes)}: ${saidLine(area.contents, 200)}`}</title></svg>`;
    })}</svg></div>`;
}

function areaRow({ before, after, change, isChanged }: AreaChange): Markup {
  const area = after ?? before;
  if (area === undefined) return null;
  const name = `${area.number === undefined ? '' : `${area.number} `}${saidLine(area.name, 100)}`;
  return html`<tr class=${isChanged ? 'changed' : undefined}>
    <th scope="row">${name}</th><td class="number">${formatSize(area.startBytes)}</td><td class="number">${formatSize(area.sizeBytes)}</td>
    <td>${before === undefined ? '\u2013' : saidLine(before.contents)}</td>
    <td>${after === undefined ? '\u2013' : saidLine(after.contents)}</td>
    <td>${isChanged ? html`<b>\u0394 ${change}</b>` : change}</td></tr>`;
}
