import { formatDuration } from '../duration-text.ts';
import { clockRow, gridLines } from './clock-row.ts';
import type { Seek } from './console-moment.ts';
import { html, type Markup } from './markup.ts';
import { clockText, counted, outcomeSigns, saidLine } from './page-text.ts';
import { type TimeAxis, timeAxis } from './time-line-axis.ts';
import type { Lane, Stage, TimeLine } from './time-line-lanes.ts';
import type { Mark, MarkKind } from './time-line-marks.ts';

const stageHeight = 19;
const rowHeight = 15;

/** Shapes around the origin, so that kinds differ by more than their colour. */
const shapes: Record<MarkKind, string> = {
  power: 'M0-5 5 4H-5Z',
  qmp: 'M0-5 5 0 0 5-5 0Z',
  console: 'M-4-4H4V4H-4Z',
  fault: 'M-5-5 0-2 5-5 2 0 5 5 0 2-5 5-2 0Z',
  check: 'M0-4A4 4 0 1 1 0 4 4 4 0 1 1 0-4Z',
  note: 'M-4-1H4V2H-4Z',
};

export const markNames: Record<MarkKind, string> = {
  power: 'power',
  qmp: 'QMP',
  console: 'console',
  fault: 'fault',
  check: 'check',
  note: 'note',
};

/** Kinds that share a row of their lane. */
const markRows: MarkKind[][] = [['power'], ['qmp'], ['console'], ['fault', 'check', 'note']];

/** A scenario on one clock: a row for each machine, with its stages, power, QMP and console events. */
export function timeLine(line: TimeLine, label: string): Markup {
  const axis = timeAxis(line.fromMs, line.untilMs);
  return html`<div class="time-line" role="group" aria-label=${`time line of ${label}; arrow keys go from event to event, Enter shows the console at that moment`}>
    <div class="scroll" tabindex="0" role="region" aria-label=${`time line of ${label}`}>
      <div class="lanes">
        ${clockRow(axis)}
        ${line.lanes.map((lane) => laneRow(lane, axis))}
      </div>
    </div>
    <p class="legend">${(Object.keys(shapes) as MarkKind[]).map(
      (kind) =>
        html`<span class=${`mark ${kind}`}><svg width="12" height="12" viewBox="-6 -6 12 12" aria-hidden="true"><path d=${shapes[kind]}/></svg> ${markNames[kind]}</span>`,
    )}<span class="mark alarm"><svg width="12" height="12" viewBox="-6 -6 12 12" aria-hidden="true"><path d=${shapes.console}/></svg> outlined: look here</span></p>
  </div>`;
}

function laneRow(lane: Lane, axis: TimeAxis): Markup {
  const depth = lane.stages.reduce((deepest, stage) => Math.max(deepest, stage.depth + 1), 0);
  const rows = markRows
    .map((kinds) => lane.marks.filter(({ kind }) => kinds.includes(kind)))
    .map((marks, index) => ({ marks, hasPower: index === 0 && lane.powered.length > 0 }))
    .filter(({ marks, hasPower }) => marks.length > 0 || hasPower);
  const height = depth * stageHeight + rows.length * rowHeight + 6;
  const name = lane.machine === '' ? 'scenario' : saidLine(lane.machine, 60);
  return html`<div class="lane-name" title=${name}>${name}</div>
    <svg class="lane" height=${height}>
      ${gridLines(axis)}
      ${lane.stages.map((stage) => stageBar(stage, axis))}
      ${rows.map(({ marks, hasPower }, index) => {
        const top = 3 + depth * stageHeight + index * rowHeight;
        return [hasPower && poweredBars(lane, axis, top), marks.map((mark) => markShape(mark, axis, top))];
      })}
    </svg>`;
}

function stageBar(stage: Stage, axis: TimeAxis): Markup {
  const { sign, word } = outcomeSigns[stage.outcome];
  const said = saidLine(stage.sentence, 120);
  const isUnwell = stage.outcome === 'failed' || stage.outcome === 'errored';
  const text = axis.share(stage.fromMs, stage.untilMs) < 0.03 ? '' : `${isUnwell ? `${sign} ` : ''}${said}`;
  const bar = html`<svg x=${axis.at(stage.fromMs)} y=${3 + stage.depth * stageHeight} width=${axis.length(stage.fromMs, stage.untilMs)} height=${stageHeight - 2}>
    <rect width="100%" height="100%" rx="2"/>${text !== '' && html`<text x="5" y="12">${text}</text>`}</svg>`;
  const classes = `stage ${stage.category}${isUnwell ? ' unwell' : ''}`;
  const label = `${clockText(stage.fromMs)} ${said}: ${word}, ${formatDuration(stage.untilMs - stage.fromMs)}`;
  return placed(bar, { classes, label, seek: stage.seek });
}

/** Something in a time line; its label is told by whoever reads the page, and shown when it is pointed at. */
function placed(
  shape: Markup,
  { classes, label, seek }: { classes: string; label: string; seek?: Seek | undefined },
): Markup {
  if (seek === undefined) return html`<g class=${classes} role="img" aria-label=${label}>${shape}</g>`;
  return html`<a class=${classes} href=${`#${seek.consoleId}`} data-seek=${seek.seconds.toFixed(3)} tabindex="-1" aria-label=${label}>${shape}</a>`;
}

function poweredBars(lane: Lane, axis: TimeAxis, top: number): Markup {
  return lane.powered.map(
    ({ fromMs, untilMs, how }) =>
      html`<rect class="powered" x=${axis.at(fromMs)} y=${top + 5} width=${axis.length(fromMs, untilMs)} height="5"><title>${`on from ${clockText(fromMs)} to ${clockText(untilMs)}, ${how}`}</title></rect>`,
  );
}

function markShape(mark: Mark, axis: TimeAxis, top: number): Markup {
  const shape = html`<svg x=${axis.at(mark.atMs)} y=${top + 7} overflow="visible"><path d=${shapes[mark.kind]}/></svg>`;
  const classes = `mark ${mark.kind}${mark.isAlarm ? ' alarm' : ''}`;
  return placed(shape, {
    classes,
    label: `${clockText(mark.atMs)} ${markNames[mark.kind]}: ${mark.what}`,
    seek: mark.seek,
  });
}

/** The same events as text, for reading and for the keyboard. */
export function eventList(line: TimeLine): Markup {
  if (line.marks.length === 0) return null;
  const left =
    line.omittedMarks === 0 ? '' : `, ${line.omittedMarks} more in the middle are only in events.jsonl`;
  return html`<details class="events"><summary>${counted(line.marks.length, 'event')} as a list${left}</summary>
    <ol class="rows">${line.marks.map(
      (mark) =>
        html`<li class=${mark.isAlarm ? `${mark.kind} alarm` : mark.kind}>${moment(mark)} ${mark.isAlarm ? '! ' : ''}${mark.machine === '' ? '' : `${saidLine(mark.machine, 60)} `}${markNames[mark.kind]}: ${mark.what}</li>`,
    )}</ol></details>`;
}

/** A time that leads to the console at that moment, where there is one. */
export function moment({ atMs, seek }: Pick<Mark, 'atMs' | 'seek'>): Markup {
  const said = clockText(atMs);
  if (seek === undefined) return html`<time>${said}</time>`;
  return html`<a class="moment" href=${`#${seek.consoleId}`} data-seek=${seek.seconds.toFixed(3)}>${said}</a>`;
}
