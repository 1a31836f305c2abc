import { partitionName } from '../../inspection/place.ts';
import type { SystemFiles } from './system-files.ts';

export interface GuessedService {
  port: number;
  why: string;
}

/** What answers on the network when the system is up. */
export interface GuessedServices {
  ssh?: GuessedService;
  http?: GuessedService;
  /** What shuts down when the power button is pressed. */
  powerButton?: string;
}

/** Which servers the system starts: by systemd's links, by scripts of sysvinit and busybox, by OpenRC's runlevels. */
export async function guessServices(root: SystemFiles): Promise<GuessedServices> {
  const enabled = enabledServices(root);
  const ssh = firstOf(enabled, ['ssh', 'sshd', 'dropbear']);
  const http = firstOf(enabled, ['nginx', 'apache2', 'httpd', 'lighttpd']);
  const acpid = firstOf(enabled, ['acpid', 'elogind']);
  const logind = ['/usr/lib/systemd/systemd-logind', '/lib/systemd/systemd-logind'].find((path) =>
    root.find(path),
  );
  const listener = logind === undefined ? acpid?.why : `${partitionName(root.partition)}, ${logind}`;
  const powerButton = listener === undefined ? undefined : `${listener} listens to it`;
  const settings = (await root.text('/etc/ssh/sshd_config')) ?? '';
  const port =
    ssh?.name === 'dropbear' ? undefined : /^[ \t]*Port[ \t]+(\d{1,5})[ \t]*$/im.exec(settings)?.[1];
  return {
    ...(ssh === undefined ? {} : { ssh: { port: portOf(port) ?? 22, why: ssh.why } }),
    ...(http === undefined ? {} : { http: { port: 80, why: http.why } }),
    ...(powerButton === undefined ? {} : { powerButton }),
  };
}

function portOf(text: string | undefined): number | undefined {
  const port = Number(text);
  return port >= 1 && port <= 65535 ? port : undefined;
}

/** By the name of the service, where it is said. */
function enabledServices(root: SystemFiles): Map<string, string> {
  const found = new Map<string, string>();
  const add = (name: string | undefined, path: string) => {
    if (name !== undefined && !found.has(name)) found.set(name, `${partitionName(root.partition)}, ${path}`);
  };
  const units = '/etc/systemd/system';
  for (const folder of root.names(units).filter((name) => /\.(?:wants|requires)$/.test(name))) {
    for (const unit of root.names(`${units}/${folder}`))
      add(/^(.+)\.(?:service|socket)$/.exec(unit)?.[1], `${units}/${folder}/${unit}`);
  }
  for (const folder of ['/etc/rc2.d', '/etc/rc3.d', '/etc/rc5.d', '/etc/init.d']) {
    for (const script of root.names(folder)) add(/^S\d\d(.+)$/.exec(script)?.[1], `${folder}/${script}`);
  }
  for (const name of root.names('/etc/runlevels/default')) add(name, `/etc/runlevels/default/${name}`);
  return found;
}

function firstOf(
  enabled: ReadonlyMap<string, string>,
  names: readonly string[],
): { name: string; why: string } | undefined {
  const name = names.find((one) => enabled.has(one));
  return name === undefined ? undefined : { name, why: enabled.get(name)! };
}
