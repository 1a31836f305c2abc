/**
 * Where evidence lies in its run folder: runners name it as it was reached from where they stood, which may be
 * another place or another host by now.
 *
 * @returns the path from the run folder on (`scenarios/ID/…`), or undefined where it is not in the scenario's folder.
 */
export function evidenceInFolder(path: string, scenarioId: string): string | undefined {
  const own = `scenarios/${scenarioId}`;
  const at = `${path}/`.lastIndexOf(`${own}/`);
  const isWhole = at === 0 || path[at - 1] === '/';
  return at === -1 || !isWhole ? undefined : path.slice(at);
}
