import { basename } from 'node:path';
import type { DiskController, MachineSpec } from '../../vm/index.ts';
import { drillsErrors } from './errors.ts';
import type { PlannedFault } from './fault-plan.ts';

/** The axes of a drill beside its faults: how its machines are built where the scenario leaves it open. */
export interface DrillAxes {
  controller?: DiskController | undefined;
  /** One of Assay's layouts by name, or a file of one's own. */
  layout?: string | undefined;
}

/** As names and tables have it: a layout of one's own by its file, without folder and ending. */
export function axisTexts({ controller, layout }: DrillAxes): { controller?: string; layout?: string } {
  return {
    ...(controller === undefined ? {} : { controller }),
    ...(layout === undefined ? {} : { layout: basename(layout).replace(/\.ya?ml$/, '') }),
  };
}

/** Whether a drill under a fault says something where disks are on this controller. */
export function canBeOn(
  controller: DiskController | undefined,
  { declaration, parameters }: PlannedFault,
): boolean {
  return controller === undefined || !declaration.saysNothingOn?.(controller, parameters);
}

/** A drill's axes on their way into its machines. What nothing has taken would be in the drill's name only: an error. */
export class MachineVariation {
  readonly axes: DrillAxes;
  readonly #taken = new Set<keyof DrillAxes>();

  constructor(axes: DrillAxes) {
    this.axes = axes;
  }

  /** The layout for a factory. @param own What the scenario says itself. @throws DRILLS_NOT_APPLICABLE for another one */
  layoutFor(own: string | undefined): string | undefined {
    const { layout } = this.axes;
    if (layout === undefined) return own;
    if (own !== undefined && own !== layout) {
      throw drillsErrors.DRILLS_NOT_APPLICABLE({
        ...{ tried: `drill with layout ${layout}`, got: `the scenario names ${own} itself` },
        expected: 'a scenario that calls createFactory(bench) and leaves the layout open',
      });
    }
    this.#taken.add('layout');
    return layout;
  }

  /** Puts the disks on the controller for which the scenario names none. */
  onController(spec: MachineSpec): MachineSpec {
    const { controller } = this.axes;
    if (controller === undefined || spec.disks === undefined) return spec;
    const disks = spec.disks.map((disk) => {
      if (disk.controller !== undefined) return disk;
      this.#taken.add('controller');
      return { ...disk, controller };
    });
    return { ...spec, disks };
  }

  /** That the drill was what its name says. @throws DRILLS_NOT_APPLICABLE */
  assertTaken(): void {
    for (const [axis, value] of Object.entries(axisTexts(this.axes))) {
      if (this.#taken.has(axis as keyof DrillAxes)) continue;
      throw drillsErrors.DRILLS_NOT_APPLICABLE({
        tried: `drill with ${axis} ${value}`,
        got:
          axis === 'layout'
            ? 'the scenario has made no factory'
            : 'the scenario has no disk whose controller it leaves open',
      });
    }
  }
}
