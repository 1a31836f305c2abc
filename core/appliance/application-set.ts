import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  type ApiAnswer,
  type ApiRequest,
  type Application,
  type ApplicationContext,
  type ApplicationHost,
  applicationNames,
  type RunningApplication,
} from '../applications/application.ts';
import { coreErrors } from '../errors.ts';

/** Where pre-install puts the applications. */
export const applicationsPath = '/opt/applications';

/** The code of an installed application. */
export function loadApplication(name: string, folder = applicationsPath): Application {
  const path = join(folder, name, 'main.cjs');
  const { application } = createRequire(path)(path) as { application?: Application };
  if (application !== undefined) return application;
  throw coreErrors.CORE_PACKAGE_INVALID({ tried: `load ${path}`, expected: 'an export named application' });
}

/** Loads every application that pre-install installed. */
export function loadInstalledApplications(): Map<string, Application> {
  return new Map(applicationNames.map((name) => [name, loadApplication(name)]));
}

/** The applications while they run, and what they ask of the appliance. */
export class ApplicationSet implements ApplicationHost, AsyncDisposable {
  readonly #running = new Map<string, RunningApplication>();
  readonly #status: () => Record<string, unknown>;
  #suspensions: Promise<unknown> = Promise.resolve();

  constructor(status: () => Record<string, unknown>) {
    this.#status = status;
  }

  get names(): string[] {
    return [...this.#running.keys()];
  }

  async start(name: string, application: Application, context: ApplicationContext): Promise<void> {
    this.#running.set(name, await application.start(context, this));
  }

  /** Adds something that answers requests and is no application: the appliance's own commands. */
  add(name: string, running: RunningApplication): void {
    this.#running.set(name, running);
  }

  status(): Record<string, unknown> {
    return this.#status();
  }

  async dispatch(request: ApiRequest): Promise<ApiAnswer> {
    for (const application of this.#running.values()) {
      const answer = await application.answer(request);
      if (answer !== undefined) return answer;
    }
    return { status: 404, json: { error: `nothing answers to ${request.path}` } };
  }

  async check(): Promise<void> {
    for (const application of this.#running.values()) await application.check();
  }

  /** One at a time: a second one waits until the applications run again. */
  async whileSuspended<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#suspensions.then(() => this.#suspended(work));
    this.#suspensions = turn.catch(() => undefined);
    return await turn;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const application of [...this.#running.values()].reverse()) await application[Symbol.asyncDispose]();
  }

  async #suspended<Result>(work: () => Promise<Result>): Promise<Result> {
    const applications = [...this.#running.values()];
    try {
      for (const application of applications) await application.suspend?.();
      return await work();
    } finally {
      for (const application of applications) await application.resume?.();
    }
  }
}
