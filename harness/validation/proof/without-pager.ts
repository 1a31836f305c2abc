/** A command of a profile for a shell on a terminal, on which a pager would wait for a key for ever. */
export function withoutPager(command: string): string {
  return `export PAGER=cat SYSTEMD_PAGER=cat; ${command}`;
}
