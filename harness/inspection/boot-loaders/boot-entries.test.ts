import t from 'tap';
import { entriesIn } from './boot-entries.ts';
import type { BootFile } from './boot-files.ts';
import type { BootLoader, BootSystem } from './boot-loader.ts';
import { judgeEntries } from './judge-entries.ts';

/** A partition with these files; one whose files were not read without them. */
function system(number: number, type: string, paths?: readonly string[]): BootSystem {
  const nodes = new Map(paths?.map((path) => [path, { path, kind: path.endsWith('@') ? 'link' : 'file' }]));
  return {
    partition: { number },
    fileSystem: { type },
    ...(paths && { tree: { nodes, wasCut: false } }),
  } as unknown as BootSystem;
}

function file(kind: BootFile['kind'], path: string, text: string, of = system(1, 'ext4', [])): BootFile {
  return { kind, path, text, where: path, system: of, bytes: Buffer.from(text) };
}

const kindsOf = (files: BootFile[], systems: BootSystem[], loaders: BootLoader[] = []) =>
  [...judgeEntries(files, systems, loaders)].map(({ kind, evidence }) => `${kind} ${evidence}`);

t.test('what settings offer to start', (t) => {
  const syslinux = `DEFAULT a
LABEL a
  LINUX vmlinuz
  INITRD one.img,/two.img
LABEL menu
  KERNEL menu.c32
LABEL b
  KERNEL ../linux
  APPEND root=/dev/sda1 initrd=b.img quiet
LABEL net
  LINUX http://server/linux`;
  t.same(entriesIn(file('syslinux', '/boot/syslinux.cfg', syslinux)), [
    { name: 'a', files: ['/boot/vmlinuz', '/boot/one.img', '/two.img'], anywhere: false },
    { name: 'b', files: ['/linux', '/boot/b.img'], anywhere: false },
  ]);
  const grub = `menuentry "Debian" --class x {
  linux ($root)/boot/vmlinuz-6 root=UUID=1
  initrd /boot/initrd-6 /boot/ucode
}
menuentry 'by a variable' {
  linux $kernel
}
menuentry other { linux16 (hd0,msdos1)/x }`;
  t.same(entriesIn(file('grub', '/boot/grub/grub.cfg', grub)), [
    { name: 'Debian', files: ['/boot/vmlinuz-6', '/boot/initrd-6', '/boot/ucode'], anywhere: true },
  ]);
  const entry = 'title x\nlinux /x/linux\ninitrd /x/initrd\nefi \\EFI\\a.efi\n';
  t.same(entriesIn(file('systemd-boot-entry', '/loader/entries/x.conf', entry)), [
    { name: '/loader/entries/x.conf', files: ['/x/linux', '/x/initrd', '/EFI/a.efi'], anywhere: false },
  ]);
  t.same(entriesIn(file('fstab', '/etc/fstab', 'linux /x')), []);
  const many = entriesIn(file('grub', '/grub.cfg', 'linux /a\n'.repeat(1000)));
  t.equal(many[0]!.files.length, 200);
  t.end();
});

t.test('what is not there: of all entries, or of one', (t) => {
  const fat = system(1, 'fat16', ['/VMLINUZ', '/syslinux.cfg']);
  const text = 'LABEL a\nLINUX vmlinuz\nLABEL b\nLINUX other';
  t.same(kindsOf([file('syslinux', '/syslinux.cfg', text, fat)], [fat]), ['boot-entry-broken b: /other']);
  const ext = system(1, 'ext4', ['/VMLINUZ']);
  t.same(kindsOf([file('syslinux', '/syslinux.cfg', text, ext)], [ext]), [
    'boot-file-missing a: /vmlinuz',
    'boot-file-missing b: /other',
  ]);
  const grub = file('grub', '/boot/grub/grub.cfg', 'linux /vmlinuz', ext);
  t.same(kindsOf([grub], [ext, system(2, 'ext4', ['/vmlinuz'])]), [], 'on another partition');
  t.same(kindsOf([grub], [ext, system(2, 'swap')]), ['boot-file-missing /boot/grub/grub.cfg: /vmlinuz']);
  t.same(kindsOf([grub], [ext, system(2, 'xfs')]), [], 'it may be on what was not read');
  const links = system(1, 'ext4', []);
  (links.tree!.nodes as Map<string, unknown>).set('/boot', { kind: 'link' });
  const below = file('grub', '/grub.cfg', 'linux /boot/vmlinuz', links);
  t.same(kindsOf([below], [links]), [], 'a folder that is a link is not followed');
  t.end();
});

t.test('entries that no loader reads are left over', (t) => {
  const esp = system(1, 'fat32', ['/loader/entries/a.conf']);
  const entry = file('systemd-boot-entry', '/loader/entries/a.conf', 'linux /linux', esp);
  t.match(kindsOf([entry], [esp]), [/^boot-entry-broken/]);
  const loader = { name: 'systemd-boot 252' } as BootLoader;
  t.match(kindsOf([entry], [esp], [loader]), [/^boot-file-missing/]);
  t.match(kindsOf([entry, file('grub', '/grub.cfg', 'blscfg', esp)], [esp]), [/^boot-file-missing/]);
  t.end();
});
