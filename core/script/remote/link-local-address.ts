/**
 * The address that a card gives itself on its own network, from its MAC address (RFC 4291, appendix A): known without any
 * server, and the same at each start. Pure.
 */
export function linkLocalAddress(mac: string): string {
  const bytes = mac.split(':').map((digits) => Number.parseInt(digits, 16));
  const [first = 0, ...rest] = bytes;
  // Seven bits and one that is turned over: 1 stands for an address that is unique in the world.
  const parts = [first ^ 2, ...rest.slice(0, 2), 0xff, 0xfe, ...rest.slice(2)];
  const groups = [0, 2, 4, 6].map((at) => (parts[at]! * 256 + parts[at + 1]!).toString(16));
  return `fe80::${groups.join(':')}`;
}
