import { partitionName } from '../../inspection/place.ts';
import { loginAccounts } from '../../inspection/residue/login-accounts.ts';
import type { DiskLook } from './disk-look.ts';
import type { SystemFiles } from './system-files.ts';

/** What there is on the first serial port, ttyS0. Reasons are in words. */
export interface GuessedConsole {
  /** Why the kernel speaks there; undefined where nothing says so. */
  kernel?: string;
  /** What takes input there. */
  input?: { kind: 'login' | 'shell' | 'shell-after-return'; why: string };
  /** Another serial port that the kernel speaks on. */
  otherPort?: string;
  /** Who can log in. */
  account?: { name: string; hasPassword: boolean };
}

/** Says whether one can talk to the system on a serial console: by the kernel's command line, and by what the system starts there. */
export async function guessConsole(look: DiskLook): Promise<GuessedConsole> {
  const { kernel, otherPort } = kernelConsoles(look);
  const [root] = look.roots;
  if (root === undefined) return { ...maybe({ kernel, otherPort }) };
  const isKernelThere = kernel !== undefined;
  const input = (await inittabInput(root, isKernelThere)) ?? (await systemdInput(root, isKernelThere));
  const account = await loginAccount(root);
  return maybe({ kernel, otherPort, input, account });
}

function maybe<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const present = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** The kernel's parameter `console=` (Linux, "The kernel's command-line parameters"), in the settings of boot loaders. */
function kernelConsoles({ bootFiles }: DiskLook) {
  const lines: Record<string, (line: string) => boolean> = {
    syslinux: (line) => /^append\s/i.test(line),
    grub: (line) => /^(?:linux(?:16|efi)?|set\s+\w+=)\s*\S/.test(line) || /^\w+=/.test(line),
    'grub-environment': () => true,
    'systemd-boot-entry': (line) => /^options\s/i.test(line),
    'command-line': () => true,
  };
  let kernel: string | undefined;
  let otherPort: string | undefined;
  for (const { kind, text, where } of bootFiles) {
    for (const line of text.split('\n').map((one) => one.trim())) {
      if (line.startsWith('#') || !lines[kind]?.(line)) continue;
      for (const [, port, rest] of line.matchAll(/\bconsole=(ttyS\d+|ttyAMA\d+|hvc\d+)(,\w+)?/g)) {
        if (port === 'ttyS0') kernel ??= `${where} has console=ttyS0${rest ?? ''}`;
        else otherPort ??= `${where} has console=${port}${rest ?? ''}`;
      }
    }
  }
  return { kernel, otherPort };
}

/** inittab(5) of sysvinit, and that of busybox, where the port comes first; none there is the console of the kernel. */
async function inittabInput(root: SystemFiles, isKernelThere: boolean): Promise<GuessedConsole['input']> {
  const lines = ((await root.text('/etc/inittab')) ?? '').split('\n').map((line) => line.trim());
  for (const line of lines.filter((one) => one !== '' && !one.startsWith('#'))) {
    const [id = '', , action = '', ...rest] = line.split(':');
    const command = rest.join(':');
    const isOfKernel = /^(?:console)?$/.test(id) && isKernelThere && !/\btty\d/.test(command);
    const isThere = /\bttyS0\b/.test(command) || id === 'ttyS0' || isOfKernel;
    if (!isThere || !/^(?:respawn|askfirst)$/.test(action)) continue;
    const why = `partition ${root.partition.number}, /etc/inittab has ${line}`;
    if (/getty|\blogin\b/.test(command)) return { kind: 'login', why };
    if (!/^-?(?:\/usr)?\/s?bin\/(?:ash|bash|sh)(?: +-\w+)*$/.test(command)) continue;
    return { kind: action === 'askfirst' ? 'shell-after-return' : 'shell', why };
  }
  return undefined;
}

/** systemd-getty-generator(8) starts one on every serial console of the kernel; serial-getty@.service can be enabled without it. */
async function systemdInput(root: SystemFiles, isKernelThere: boolean): Promise<GuessedConsole['input']> {
  const unit = 'serial-getty@ttyS0.service';
  const folder = '/etc/systemd/system';
  const place = partitionName(root.partition);
  const isMasked = root
    .entries(folder)
    .some(({ path, target }) => path.endsWith(`/${unit}`) && target === '/dev/null');
  if (isMasked || !isSystemd(root)) return undefined;
  const wants = ['getty.target.wants', 'multi-user.target.wants', 'default.target.wants'];
  const wanted = wants.find((name) => root.names(`${folder}/${name}`).includes(unit));
  if (wanted !== undefined) return { kind: 'login', why: `${place}, ${folder}/${wanted} has ${unit}` };
  if (!isKernelThere) return undefined;
  return { kind: 'login', why: `systemd starts a getty on the kernel's serial console` };
}

export function isSystemd(root: SystemFiles): boolean {
  return ['/usr/lib/systemd/systemd', '/lib/systemd/systemd'].some((path) => root.find(path) !== undefined);
}

/** root, where it has a password or needs none; else the first who does and gets a shell. */
async function loginAccount(root: SystemFiles): Promise<GuessedConsole['account']> {
  const shadow = (await root.text('/etc/shadow', 1024 ** 2)) ?? (await root.text('/etc/passwd')) ?? '';
  const accounts = loginAccounts(Buffer.from(shadow));
  const passwd = ((await root.text('/etc/passwd', 1024 ** 2)) ?? '').split('\n');
  const shells = new Map(passwd.map((line) => line.split(':')).map((one) => [one[0], one[6] ?? '']));
  const hasShell = (name: string) => !/(?:nologin|false)$/.test(shells.get(name) ?? '');
  const usable = accounts.filter(({ name }) => hasShell(name));
  const account = usable.find(({ name }) => name === 'root') ?? usable[0];
  return account && { name: account.name, hasPassword: account.state === 'password' };
}
