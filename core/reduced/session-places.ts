import { type HardwarePlaces, machinePlaces } from '../script/steps/hardware/places.ts';

/** Where a session finds what it needs; other folders in tests. */
export interface SessionPlaces extends HardwarePlaces {
  /** The medium's own files: `script.yaml`, `medium.yaml`, and what scripts use. */
  mediumFolder: string;
  /** What the session leaves for others: its log, fetched scripts. In memory. */
  stateFolder: string;
}

export const sessionPlaces: SessionPlaces = {
  ...machinePlaces,
  mediumFolder: '/medium/assay',
  stateFolder: '/run/assay',
};
