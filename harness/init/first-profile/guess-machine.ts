import { startsByItself } from '../../inspection/boot-loaders/efi-loaders.ts';
import type { DiskLook } from './disk-look.ts';
import { type KernelDrivers, kernelDrivers } from './kernel-drivers.ts';
import { known, type SaidValue, unknown } from './said-value.ts';

export interface GuessedMachine {
  firmware: SaidValue;
  controller: SaidValue;
  nic: SaidValue;
}

/** The hardware on which the disk starts most probably. */
export async function guessMachine(look: DiskLook): Promise<GuessedMachine> {
  const drivers = await kernelDrivers(look);
  return {
    firmware: guessFirmware(look),
    controller: guessController(look, drivers),
    nic: guessNic(drivers),
  };
}

function guessFirmware({ table: { table }, loaders }: DiskLook): SaidValue {
  const uefi = loaders.find(startsByItself);
  // Tools that make a GPT leave code behind that only says that nothing starts.
  const bios = loaders.find(
    ({ firmware, name }) => firmware === 'bios' && (table !== 'gpt' || name !== 'unknown code'),
  );
  const placed = (loader: { name: string; where: string }) => `${loader.name}, ${loader.where}`;
  if (bios !== undefined && uefi !== undefined) {
    return known('bios', `${placed(bios)}; UEFI would start it too (${placed(uefi)}): prove both`);
  }
  if (uefi !== undefined) return known('uefi', placed(uefi));
  if (bios !== undefined) return known('bios', placed(bios));
  const board = loaders.find(({ firmware }) => firmware === 'board');
  const but = board === undefined ? '' : ` but ${placed(board)}, which no machine here has`;
  return unknown('bios', `nothing was found that a BIOS or UEFI starts${but}`);
}

function guessController(look: DiskLook, { has, from }: KernelDrivers): SaidValue {
  const named = deviceByOrder(look);
  if (named !== undefined) {
    const why = `${named.where} names ${named.device}, and only there a disk has that name`;
    if (/^\/dev\/vd/.test(named.device)) return known('virtio', why);
    if (/^\/dev\/nvme/.test(named.device)) return known('nvme', why);
    if (/^\/dev\/[sh]d/.test(named.device))
      return known('ahci', `${named.where} names ${named.device}: on virtio it would be /dev/vda`);
  }
  if (has('virtio_blk'))
    return known('virtio', `${from} has virtio_blk; as a module it has to be in the initramfs`);
  if (has('nvme') && !has('ahci')) return known('nvme', `${from} has nvme, and neither ahci nor virtio_blk`);
  if (from === undefined) return known('ahci', 'the drivers of the kernel are not known; most have this one');
  return known(
    'ahci',
    `${from} has no virtio_blk${has('ahci') ? '' : ', nor ahci: it may not find the disk'}`,
  );
}

function guessNic({ has, from }: KernelDrivers): SaidValue {
  if (has('virtio_net')) return known('virtio', `${from} has virtio_net`);
  if (has('e1000e')) return known('e1000e', `${from} has e1000e, and no virtio_net`);
  if (from === undefined)
    return known('e1000e', 'the drivers of the kernel are not known; most have this one');
  return known('none', `${from} has neither virtio_net nor e1000e`);
}

/** A partition that is named by the order in which the kernel finds disks. */
function deviceByOrder({ bootFiles }: DiskLook): { device: string; where: string } | undefined {
  for (const { kind, text, where } of bootFiles) {
    const lines = text.split('\n').filter((line) => !/^\s*#/.test(line));
    const found = lines.flatMap((line) => {
      const names = kind === 'fstab' ? /^\s*(\/dev\/\S+)\s+\// : /(?:^|\s)root=(\/dev\/\S+)/;
      const device = names.exec(line)?.[1];
      return device !== undefined && /^\/dev\/(?:[shv]d[a-z]\d|nvme0n1p\d)/.test(device) ? [device] : [];
    });
    if (found[0] !== undefined) return { device: found[0], where };
  }
  return undefined;
}
