# For scripts that build example masters; sourced after programs.bash. Folders become file systems, these a disk: in
# plain files, without loop devices or mounts. Everything that reads or changes a tree runs as root (become_root).

# Runs the script once more, as root of a user namespace, where one is not root.
become_root() {
  ((EUID == 0)) || as_root env BECAME_ROOT=1 "$0" "$@"
}

unpack_tree() {
  local tar=$1 folder=$2
  mkdir -p "$folder"
  # Devices are left out of the tar file, for only root could make them; the kernel's own devtmpfs is mounted here.
  mkdir -p "$folder/dev"
  tar --extract --numeric-owner --xattrs --xattrs-include='*' --file "$tar" --directory "$folder"
}

# The hash of a password on standard input becomes that of a user of the tree.
set_password() {
  local tree=$1 user=$2 hash
  hash=$(openssl passwd -6 -stdin)
  sed -i "s|^$user:[^:]*:|$user:$hash:|" "$tree/etc/shadow"
}

# An ext4 file system with the files of a folder, all owners kept.
make_ext4() {
  local image=$1 size_mib=$2 folder=$3 label=$4 uuid=$5
  truncate -s "${size_mib}M" "$image"
  E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH mke2fs -q -F -t ext4 -b 4096 -m 0 -L "$label" -U "$uuid" \
    -E "hash_seed=$uuid,lazy_itable_init=0,lazy_journal_init=0,root_owner=0:0" -d "$folder" "$image"
}

# Copies a file to its place on a disk; holes stay holes.
put_at() {
  local disk=$1 file=$2 start_sector=$3
  dd if="$file" of="$disk" bs=64K oflag=seek_bytes seek=$((start_sector * 512)) conv=sparse,notrunc status=none
}

# Bytes in hexadecimal from standard input to a place on a disk.
put_bytes() {
  local disk=$1 offset=$2
  xxd -r -p | dd of="$disk" bs=1 seek=$((offset)) conv=notrunc status=none
}

# GRUB for a BIOS: its code in the first sector, and its core in the sectors behind it, up to the first partition.
#
# grub-bios-setup does this on block devices only: it asks the kernel which device a folder is on. What it changes in
# the two files that it copies is known from the GRUB sources (2.06, include/grub/i386/pc/boot.h, util/setup.c):
#   boot.img  0x05c  8 bytes   sector that the core begins in; 1 as it comes, and that is where it goes here
#             0x064  1 byte    drive to read from; 0xff as it comes: the one that the BIOS started
#             0x066  2 bytes   a jump that takes an odd drive number as it is; two NOPs (0x90) for hard disks, for some
#                              BIOSes pass a wrong one
#             0x1b8  72 bytes  disk signature, partition table and 55AA: those of the disk stay
#   core.img  0x1f4  12 bytes  list of blocks of the rest of the core: sector 2 (8 bytes), their number (2 bytes, filled
#                              in by grub-mkimage), segment 0x820 (2 bytes); right as it comes when the core is in one piece
install_grub_bios() {
  local disk=$1 core=$2 first_partition_sector=$3 boot=/usr/lib/grub/i386-pc/boot.img core_sectors
  core_sectors=$((($(stat -c %s "$core") + 511) / 512))
  ((1 + core_sectors <= first_partition_sector)) ||
    give_up 1 "GRUB's core has $core_sectors sectors and does not fit before sector $first_partition_sector" \
      "leave out modules in grub-mkimage"
  [[ $(xxd -s 0x1f4 -l 8 -p "$core") == 0200000000000000 && $(xxd -s 0x5c -l 8 -p "$boot") == 0100000000000000 ]] ||
    give_up 1 "this GRUB's boot.img or core.img is not laid out as that of version 2.06" "compare util/setup.c of its source"
  dd if="$boot" of="$disk" bs=1 count=440 conv=notrunc status=none
  put_bytes "$disk" 0x66 <<<9090
  dd if="$core" of="$disk" bs=512 seek=1 conv=notrunc status=none
}
