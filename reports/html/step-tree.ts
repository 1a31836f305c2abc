import { formatDuration } from '../duration-text.ts';
import type { StepRun } from '../run-model.ts';
import { seekTo } from './console-moment.ts';
import { html, type Markup } from './markup.ts';
import type { PageScenario } from './page-scenario.ts';
import { keepEnds, outcomeSigns, saidLine } from './page-text.ts';
import { moment } from './time-line.ts';

/** The steps of a scenario as a tree, each with when it began, how long it took, and how it ended. */
export function stepTree({ scenario, consoles, rowLimit }: PageScenario): Markup {
  return stepList(scenario.steps, { consoles, rowLimit });
}

type Around = Pick<PageScenario, 'consoles' | 'rowLimit'>;

function stepList(steps: readonly StepRun[], around: Around): Markup {
  if (steps.length === 0) return null;
  const { kept, omitted, cutAt } = keepEnds(steps, around.rowLimit);
  return html`<ol class="steps">${kept.map((step, index) => [
    omitted > 0 && index === cutAt && html`<li class="dim">\u2026 ${omitted} more, in events.jsonl</li>`,
    stepRow(step, around),
  ])}</ol>`;
}

function stepRow(step: StepRun, around: Around): Markup {
  const outcome = step.outcome ?? 'running';
  const { sign, word } = outcomeSigns[outcome];
  const { startedAtMs: atMs, machine } = step;
  const seek = seekTo(around.consoles, atMs, machine);
  return html`<li class=${word}><div>${moment({ atMs, ...(seek === undefined ? {} : { seek }) })}
    <b title=${word}>${sign}</b> <span>${saidLine(step.sentence)}${outcome === 'passed' ? '' : ` (${word})`}</span>
    <span class="dim">${machine === undefined ? '' : `${saidLine(machine, 60)}, `}${step.category}</span>
    <span class="duration">${formatDuration(step.durationMs)}</span></div>${stepList(step.steps, around)}</li>`;
}
