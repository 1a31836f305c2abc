import { identityNumber } from '../identity/system-id.ts';
import { announce } from './announce.ts';
import { type Lcd, type LcdSize, textFrame } from './lcd.ts';
import { renderLcdBitmap } from './lcd-bitmap.ts';
import type { LcdLogo } from './lcd-logo.ts';

/** What an appliance can be doing. */
export type ApplianceState =
  | 'starting'
  | 'pre-install'
  | 'first-boot'
  | 'ready'
  | 'identity-conflict'
  | 'data-disk-missing'
  | 'emergency'
  | 'rebuilding'
  | 'failed';

/** What the page and the display show. */
export interface StatusFacts {
  state: ApplianceState;
  /** One sentence more about the state. */
  detail?: string | undefined;
  system: string;
  layout: string;
  hostName?: string | undefined;
  systemId?: string | undefined;
  licenceLevel?: string | undefined;
  manufacturingStage?: string | undefined;
  applications?: readonly string[] | undefined;
  /** What happened lately, oldest first. */
  events: readonly string[];
}

const keptEvents = 20;

/** The one place that knows what the appliance is doing; every change goes to the display at once. */
export class ApplianceStatus {
  #facts: StatusFacts;
  readonly #lcd: Lcd;
  readonly #size: LcdSize;
  readonly #logo: LcdLogo;

  constructor(lcd: Lcd, size: LcdSize, logo: LcdLogo, facts: Omit<StatusFacts, 'state' | 'events'>) {
    this.#lcd = lcd;
    this.#size = size;
    this.#logo = logo;
    this.#facts = { ...facts, state: 'starting', events: [] };
  }

  get facts(): StatusFacts {
    return this.#facts;
  }

  /** The facts as the page and its interface give them. */
  toJSON(): Record<string, unknown> {
    const { systemId } = this.#facts;
    return { ...this.#facts, identityNumber: systemId === undefined ? undefined : identityNumber(systemId) };
  }

  /** Changes facts; `detail` goes with the state that it was about. */
  update(changes: Partial<Omit<StatusFacts, 'events'>>): void {
    const { state } = this.#facts;
    const detail = 'state' in changes && !('detail' in changes) ? { detail: undefined } : {};
    this.#facts = { ...this.#facts, ...detail, ...changes };
    if (this.#facts.state !== state)
      announce(`STATE ${this.#facts.state} ${this.#facts.detail ?? ''}`.trim());
    this.#show();
  }

  /** Something worth remembering: on the console and on the page. */
  log(event: string): void {
    announce(`EVENT ${event}`);
    this.#facts = { ...this.#facts, events: [...this.#facts.events, event].slice(-keptEvents) };
  }

  #show(): void {
    const { state, detail, systemId, licenceLevel } = this.#facts;
    const number = systemId === undefined ? undefined : identityNumber(systemId);
    const content = { state: state.replaceAll('-', ' '), identityNumber: number, licenceLevel, detail };
    this.#lcd.show(
      textFrame(content, this.#size),
      renderLcdBitmap(number ?? '-', licenceLevel ?? '-', this.#logo),
    );
  }
}
