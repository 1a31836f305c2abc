import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { errorMessage, runTool } from '../../foundation/index.ts';
import { imagesErrors } from '../errors.ts';
import { guestArchitecture, type PackageRecord } from './package-record.ts';

/** A package as the archive's index describes it. */
export interface ArchivePackage extends PackageRecord {
  /** Relations to other packages, as in the control file. */
  depends: string;
  installedBytes: number;
  /** `required`, `standard`, `optional` … */
  priority: string;
}

/**
 * apt with folders of its own: it needs no root and leaves the host's package state alone. Sources and keys are
 * the host's, so that apt verifies the archive's signature as it always does (design 2).
 */
export class Apt {
  readonly #folder: string;
  #update: Promise<void> | undefined;
  readonly #versions = new Map<string, Promise<ArchivePackage[]>>();
  #lists = '';
  #updateProblem = '';

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Every version of this package that the archive offers, the newest first. The index is fetched once per
   * object; when that fails (no network), the index of last time serves.
   */
  versions(name: string): Promise<ArchivePackage[]> {
    const known = this.#versions.get(name) ?? this.#show(name);
    this.#versions.set(name, known);
    return known;
  }

  async #show(name: string): Promise<ArchivePackage[]> {
    await this.#refresh();
    const shown = await runTool('apt-cache', [...this.#options(), 'show', name], {
      acceptExitCodes: [0, 100],
    });
    return shown.stdout.split(/\n{2,}/).flatMap(readRecord);
  }

  /**
   * The candidates of every package of the archive by name, for reports. The index of last time is good enough;
   * without one it is fetched.
   *
   * @returns Empty when there is no index and none can be fetched.
   */
  async allPackages(): Promise<ReadonlyMap<string, ArchivePackage>> {
    this.#lists ||= (await this.#lastLists()) ?? '';
    if (this.#lists === '') await this.#refresh();
    const { stdout } = await runTool('apt-cache', [...this.#options(), 'dumpavail']);
    return new Map(
      stdout
        .split(/\n{2,}/)
        .flatMap(readRecord)
        .map((one) => [one.name, one]),
    );
  }

  /** What was wrong when the index was last fetched, for the error that follows from it; empty when nothing was. */
  get updateProblem(): string {
    return this.#updateProblem;
  }

  /**
   * Downloads one exact version into `folder`; apt checks it against the signed index.
   *
   * @returns The file's path.
   * @throws IMAGES_PACKAGE_UNAVAILABLE.
   */
  async download(wanted: PackageRecord, folder: string): Promise<string> {
    await this.#refresh();
    try {
      await runTool('apt-get', [...this.#options(), 'download', `${wanted.name}=${wanted.version}`], {
        cwd: folder,
      });
    } catch (error) {
      throw imagesErrors.IMAGES_PACKAGE_UNAVAILABLE(
        { tried: `download ${wanted.name} ${wanted.version}`, got: errorMessage(error) },
        error,
      );
    }
    const file = (await readdir(folder)).find(
      (name) => name.startsWith(`${wanted.name}_`) && name.endsWith('.deb'),
    );
    if (file === undefined) {
      throw imagesErrors.IMAGES_PACKAGE_UNAVAILABLE({
        tried: `download ${wanted.name} ${wanted.version}`,
        got: 'apt-get download left no file',
      });
    }
    return join(folder, file);
  }

  #refresh(): Promise<void> {
    this.#update ??= this.#fetchIndex();
    return this.#update;
  }

  /**
   * Every object has an index folder of its own, begun as a copy of the last one, so that two builds at once never
   * read an index that the other is writing, and a source that does not answer keeps what it said last time.
   */
  async #fetchIndex(): Promise<void> {
    await mkdir(join(this.#folder, 'cache', 'archives', 'partial'), { recursive: true });
    await writeFile(join(this.#folder, 'status'), '');
    const last = await this.#lastLists();
    this.#lists = await mkdtemp(join(this.#folder, `lists-${Date.now()}-`));
    if (last !== undefined) await cp(last, this.#lists, { recursive: true });
    await mkdir(join(this.#lists, 'partial'), { recursive: true });
    try {
      await runTool('apt-get', [...this.#options(), 'update']);
    } catch (error) {
      this.#updateProblem = errorMessage(error);
    }
    await writeFile(join(this.#lists, 'complete'), '');
    await this.#removeOldLists();
  }

  async #lastLists(): Promise<string | undefined> {
    const complete = (await this.#allLists()).filter((path) => existsSync(join(path, 'complete')));
    return complete.at(-1);
  }

  /** Index folders that no build of the last day has made are nobody's any more; the newest stays. */
  async #removeOldLists(): Promise<void> {
    const dayMs = 24 * 3600 * 1000;
    for (const path of (await this.#allLists()).slice(0, -1)) {
      if (Date.now() - Number(basename(path).split('-')[1]) > dayMs)
        await rm(path, { recursive: true, force: true });
    }
  }

  async #allLists(): Promise<string[]> {
    const names = (await readdir(this.#folder).catch(() => []))
      .filter((name) => name.startsWith('lists-'))
      .sort();
    return names.map((name) => join(this.#folder, name));
  }

  #options(): string[] {
    return [
      `Dir::State=${this.#folder}`,
      `Dir::State::lists=${this.#lists}`,
      `Dir::State::status=${join(this.#folder, 'status')}`,
      `Dir::Cache=${join(this.#folder, 'cache')}`,
      // Files in memory only: two builds at once would write the same binary caches.
      'Dir::Cache::pkgcache=',
      'Dir::Cache::srcpkgcache=',
      `APT::Architecture=${guestArchitecture}`,
      // The user that apt changes to for downloads cannot enter a cache in somebody's home.
      'APT::Sandbox::User=root',
      'APT::Update::Error-Mode=any',
      'Acquire::Languages=none',
      'Acquire::Retries=3',
    ].flatMap((option) => ['-o', option]);
  }
}

function readRecord(paragraph: string): ArchivePackage[] {
  const fields = new Map(
    paragraph.split('\n').flatMap((line) => {
      const parts = /^([A-Za-z0-9-]+): (.*)$/.exec(line);
      return parts ? [[parts[1]!, parts[2]!] as const] : [];
    }),
  );
  const [name, version, sha256] = [fields.get('Package'), fields.get('Version'), fields.get('SHA256')];
  if (name === undefined || version === undefined || sha256 === undefined) return [];
  return [
    {
      name,
      version,
      architecture: fields.get('Architecture') ?? guestArchitecture,
      sha256,
      sizeBytes: Number(fields.get('Size')),
      depends: [fields.get('Pre-Depends'), fields.get('Depends')].filter(Boolean).join(', '),
      installedBytes: Number(fields.get('Installed-Size') ?? 0) * 1024,
      priority: fields.get('Priority') ?? 'optional',
    },
  ];
}
