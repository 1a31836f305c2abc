import type { GuessedConsole } from './guess-console.ts';
import type { GuessedServices } from './guess-services.ts';
import { entryLine, quoted } from './yaml-lines.ts';

const passwordVariable = 'CONSOLE_PASSWORD';

/** What has to be done where the serial console is missing or silent, in sentences; nothing where all is well. */
export function consoleNotice({ kernel, input, otherPort }: GuessedConsole): string[] {
  if (kernel !== undefined && input !== undefined) return [];
  const other = otherPort === undefined ? '' : ` Another port is used: ${otherPort}.`;
  return [missingText(kernel !== undefined, input !== undefined) + other, remedyText];
}

function missingText(speaks: boolean, listens: boolean): string {
  if (speaks) {
    return 'NO LOGIN ON THE SERIAL CONSOLE: the kernel speaks on ttyS0, and nothing on the disk says that somebody can log in there. Clones can be watched, but nothing can be asked of them.';
  }
  if (listens) {
    return 'A SILENT KERNEL: somebody can log in on ttyS0, but nothing on the disk says that the kernel speaks there. A boot that goes wrong is not seen.';
  }
  return 'NO SERIAL CONSOLE: nothing on the disk says that the kernel speaks on ttyS0, nor that somebody can log in there. Assay sees an appliance by its first serial port: without it clones can be started, but what goes wrong is not seen, and nothing can be asked of them.';
}

const remedyText =
  'To have one, on the master: add console=tty0 console=ttyS0,115200 to the command line of the kernel (GRUB: GRUB_CMDLINE_LINUX in /etc/default/grub, then update-grub; syslinux: APPEND; systemd-boot: options), and start a getty there (systemd does so by itself; sysvinit and busybox: a line for ttyS0 in /etc/inittab). What is only set while it runs is not seen from the disk: then take the lines below out of their comments.';

/** `console`: how to get to a shell. */
export function consoleLines({ input, account }: GuessedConsole): string[] {
  if (input === undefined) {
    return [
      '# console:  # nothing says that somebody can log in on ttyS0',
      ...loginLines('root', true, '# '),
    ];
  }
  if (input.kind !== 'login') {
    return [
      entryLine('console:', `a shell without a login: ${input.why}`),
      entryLine('  prompt: "/[#$] $/"', 'the default: what it shows when it waits for a command'),
    ];
  }
  if (account === undefined) {
    return [
      entryLine('console:', `${input.why}, but no account with a password was found`, false),
      ...loginLines('root', true, '# '),
    ];
  }
  return [entryLine('console:', input.why), ...loginLines(account.name, account.hasPassword, '')];
}

function loginLines(user: string, hasPassword: boolean, mark: string): string[] {
  return [
    `${mark}  login:`,
    `${mark}    user: ${quoted(user)}`,
    hasPassword
      ? `${mark}    passwordFrom: ${passwordVariable}  # the variable that holds the password: export it before assay validate`
      : `${mark}    # no passwordFrom: the account needs no password`,
    `${mark}  # prompt: "/[#$] $/"  # the default: what the shell shows when it waits for a command`,
  ];
}

/** `ready`: what shows that the appliance is up; what needs a network has to have one. */
export function readyLines(
  { input }: GuessedConsole,
  { ssh, http }: GuessedServices,
  hasNetwork: boolean,
): string[] {
  const signs = [
    ...(input === undefined ? [] : [consoleSign(input)]),
    ...(ssh === undefined ? [] : [networkSign(`tcp: ${ssh.port}`, ssh.why, hasNetwork)]),
    ...(http === undefined
      ? []
      : [networkSign(`http: { port: ${http.port}, path: /, status: 200 }`, http.why, hasNetwork)]),
  ];
  if (input !== undefined || (hasNetwork && signs.length > 0)) {
    return [
      'ready:  # all of these, in this order',
      ...signs,
      '  # - command: systemctl is-active our-service',
    ];
  }
  return [
    '# ready:  # nothing that shows it was found; without it no clone is started',
    ...(signs.length > 0 ? signs : ['  # - console: "login: "', '  # - http: { port: 80, path: / }']),
  ];
}

function networkSign(sign: string, why: string, hasNetwork: boolean): string {
  const needs = hasNetwork ? 'it needs an address by DHCP' : 'it needs another `nic`';
  return entryLine(`  - ${sign}`, `${why}; ${needs}`, hasNetwork);
}

function consoleSign({ kind, why }: NonNullable<GuessedConsole['input']>): string {
  const shown = {
    login: '"login: "',
    shell: '"/[#$] $/"',
    'shell-after-return': '"Please press Enter to activate this console"',
  };
  return entryLine(`  - console: ${shown[kind]}`, why);
}

/** `shutDown`. */
export function shutDownLines(
  { input, account }: GuessedConsole,
  { powerButton }: GuessedServices,
): string[] {
  if (powerButton !== undefined) return [entryLine('shutDown: power-button', powerButton)];
  const hasConsole = input !== undefined && (input.kind !== 'login' || account !== undefined);
  const why = 'nothing was found that listens to the power button';
  return [entryLine('shutDown: { command: poweroff }', why, hasConsole)];
}
