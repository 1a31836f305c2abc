import type { Run, ScenarioRun } from '../run-model.ts';
import {
  type ConsoleMaterial,
  noMaterial,
  type ReportMaterial,
  type ScenarioMaterial,
} from './report-material.ts';

/** So many events (and checks, and steps) of all scenarios together are in the page, each scenario has its share. */
const rowsOfPage = 2_400;
const rowsAtLeast = 16;
const rowsAtMost = 400;

/** One attempt at a scenario as the page shows it. */
export interface PageScenario {
  /** The anchor: `scenario-3`. */
  id: string;
  scenario: ScenarioRun;
  material: ScenarioMaterial;
  consoles: PageConsole[];
  isBroken: boolean;
  /** How many rows a list of this scenario may have. */
  rowLimit: number;
}

export interface PageConsole extends ConsoleMaterial {
  /** The anchor, unique in the page: `console-7`. */
  id: string;
}

/** Gives every attempt its anchor, its material, and its share of the page. */
export function pageScenarios(run: Run, material: ReportMaterial): PageScenario[] {
  const shares = run.scenarios.map((scenario) => (isBroken(scenario) ? 4 : 1));
  const perShare =
    rowsOfPage /
    Math.max(
      1,
      shares.reduce<number>((total, share) => total + share, 0),
    );
  let consoleCount = 0;
  return run.scenarios.map((scenario, index) => {
    const own = material.get(scenario.scenarioId) ?? noMaterial;
    return {
      id: `scenario-${index + 1}`,
      scenario,
      material: own,
      consoles: own.consoles.map((console) => {
        consoleCount += 1;
        return { ...console, id: `console-${consoleCount}` };
      }),
      isBroken: isBroken(scenario),
      rowLimit: Math.round(Math.min(rowsAtMost, Math.max(rowsAtLeast, (shares[index] ?? 1) * perShare))),
    };
  });
}

/** Failed, errored, or never ended. */
function isBroken({ outcome }: ScenarioRun): boolean {
  return outcome !== 'passed' && outcome !== 'skipped';
}
