/** Where an application finds what is the appliance's. */
export interface ApplicationContext {
  /** The primary data partition: the customer's data, with the data base. */
  dataPath: string;
  /** The second data partition: back-ups. */
  data2Path: string;
}

/** A request as applications see it; bodies are JSON, already parsed. */
export interface ApiRequest {
  method: string;
  /** Without the query: `/api/sql`. */
  path: string;
  body: unknown;
}

/** An answer: a JSON value, or a text of another type. */
export type ApiAnswer = { status: number } & ({ json: unknown } | { text: string; contentType: string });

/** One application while it runs. */
export interface RunningApplication extends AsyncDisposable {
  /** Answers a request, or undefined when the path is not this application's. */
  answer(request: ApiRequest): Promise<ApiAnswer | undefined>;
  /** Throws when the application does not do what it is there for. */
  check(): Promise<void>;
  /** Lets go of all files of the data partition until {@link resume}. */
  suspend?(): Promise<void>;
  resume?(): Promise<void>;
}

/** What the main file of an installed application exports as `application`. */
export interface Application {
  /** Makes the manufacturing defaults of the data partitions; run once, at pre-install (spec M5). */
  install?(context: ApplicationContext): Promise<void>;
  start(context: ApplicationContext, host: ApplicationHost): Promise<RunningApplication>;
}

/** What an application may ask of the appliance. */
export interface ApplicationHost {
  /** What the appliance says of itself, for the page. */
  status(): Record<string, unknown>;
  /** Asks every application in turn; the first that knows the path answers. */
  dispatch(request: ApiRequest): Promise<ApiAnswer>;
  /** Runs `work` while no application holds a file of the data partition open. */
  whileSuspended<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** The three applications of the reference appliance, in the order in which they start (spec M5). */
export const applicationNames = ['sql-service', 'backup-client', 'web-administration'] as const;

export type ApplicationName = (typeof applicationNames)[number];

/** The TCP port of the administration page. */
export const pagePort = 80;
