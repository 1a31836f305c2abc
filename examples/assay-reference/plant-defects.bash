# Sourced by build: one function for each defect, which gets the disk. What has to be found of it stands in expected-NAME.yaml.
# Keys are made anew with each build; none of them was ever anybody's.

# The partitions of the layout headless-single-disk, as the kernel counts.
primary_system=1 primary_root=3 emergency_root=5 data=6 data2=7 settings=10

# Where a partition begins, in sectors.
start_of() {
  sfdisk --json "$1" | tr -d ' \n' | sed -n "s/.*\"node\":\"[^\"]*img$2\",\"start\":\([0-9]*\).*/\1/p"
}

# debugfs says what went wrong and ends with 0: commands come on standard input, and any complaint ends the build.
change_ext4() {
  local disk=$1 partition=$2 said
  said=$(debugfs -w -f - "$disk?offset=$(($(start_of "$disk" "$partition") * 512))" 2>&1 |
    grep -v -e '^debugfs' -e '^Allocated inode' || true)
  [[ -z $said ]] || give_up 1 "debugfs on partition $partition: $said"
}

# A file with what comes on standard input; its folders have to be named, from the outermost on.
leave_in() {
  local disk=$1 partition=$2 path=$3 folder
  shift 3
  cat >"$scratch/content"
  { for folder in "$@"; do echo "mkdir $folder"; done && printf 'write %s %s\n' "$scratch/content" "$path"; } |
    change_ext4 "$disk" "$partition"
}

plant_machine_id() {
  echo "rm /etc/machine-id" | change_ext4 "$1" $primary_root
  echo 3f0c9d5be1a84f7e9b6ad2c4810e57fb | leave_in "$1" $primary_root /etc/machine-id
}

plant_host_key() {
  ssh-keygen -q -t ed25519 -N '' -C root@bench -f "$scratch/key"
  leave_in "$1" $emergency_root /etc/ssh/ssh_host_ed25519_key /etc/ssh <"$scratch/key"
}

# Somebody built something on the master.
plant_user_key() {
  ssh-keygen -q -t rsa -b 2048 -N '' -C anna@bench -f "$scratch/user"
  leave_in "$1" $primary_root /root/.ssh/id_rsa /root/.ssh <"$scratch/user"
}

# Where the appliance keeps its own: only a first boot may make it.
plant_tls_key() {
  openssl genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256 -out "$scratch/tls" 2>/dev/null
  leave_in "$1" $settings /keys/tls-key /keys <"$scratch/tls"
}

plant_deleted_key() {
  openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048 -out "$scratch/deleted" 2>/dev/null
  leave_in "$1" $data /bench.key <"$scratch/deleted"
  echo "rm /bench.key" | change_ext4 "$1" $data
}

# The system's log, and one of the maker's own where no rule looks.
plant_logs() {
  local line='Jan 14 09:3%d:02 bench appliance: order of Anna Berg <anna.berg@customer.example>, Hafenstr. 7, from 10.11.12.4%d\n'
  for minute in 0 1 2 3 4; do printf "$line" "$minute" "$minute"; done >"$scratch/lines"
  leave_in "$1" $primary_root /var/log/messages /var/log <"$scratch/lines"
  leave_in "$1" $data /orders/access.log /orders <"$scratch/lines"
}

# Between the records and the first partition: an account of an older use of the disk.
plant_password_outside() {
  printf 'service:%s:20089:0:99999:7:::\n' "$(openssl passwd -6 -stdin <<<"$RANDOM$RANDOM$RANDOM")" |
    dd of="$1" bs=512 seek=1024 conv=notrunc status=none
}

# A third copy of the licence, where neither the layout nor the profile has one.
plant_undeclared_record() {
  dd if="$1" of="$1" bs=512 skip=128 seek=1536 count=1 conv=notrunc status=none
}

# The primary's root goes four mebibytes into the extended partition.
plant_overlap() {
  # 266240 KiB in sectors, little endian: 0x00082000.
  put_bytes "$1" $((0x1be + 16 * (primary_root - 1) + 12)) <<<00200800
}

# A copy that ended early: the last sixteen mebibytes are half of settings.
plant_truncated() { truncate -s -16M "$1"; }

# The machine code of the first sector; the table stays.
plant_boot_code() { head -c 440 /dev/zero | dd of="$1" conv=notrunc status=none; }

# 55AA: neither a BIOS nor the kernel takes the sector for a boot record.
plant_boot_signature() { put_bytes "$1" 0x1fe <<<0000; }

# The last logical drive's record leads back to the second one.
plant_logical_loop() {
  local last=$(($(start_of "$1" $settings) - 2048))
  put_bytes "$1" $((last * 512 + 0x1ce)) <<<00feffff05feffff0008080000000800
}

plant_superblock() {
  dd if=/dev/zero of="$1" bs=1024 seek=$(($(start_of "$1" $data) / 2 + 1)) count=1 conv=notrunc status=none
}

# A journal that was not written back: the disk was copied while data2 was mounted. Its one block is of free space.
plant_journal() {
  local place=$1?offset=$(($(start_of "$1" $data2) * 512)) block
  block=$(debugfs -R "ffb 1" "$place" 2>/dev/null | grep -o '[0-9]\+' | tail -n 1)
  head -c 4096 /dev/zero >"$scratch/block"
  printf 'jo\njw -b %s %s\njc\n' "$block" "$scratch/block" | debugfs -w -f - "$place" >/dev/null 2>&1
  dumpe2fs -h "$place" 2>/dev/null | grep -q needs_recovery || give_up 1 "debugfs left no open journal"
}

# One sector of the second copy of the FAT: the copies say different things of the kernel's clusters.
plant_fat_copies() {
  local boot=$(($(start_of "$1" $primary_system) * 512)) reserved sectors
  reserved=$(od -An -tu2 -j $((boot + 14)) -N 2 "$1")
  sectors=$(od -An -tu2 -j $((boot + 22)) -N 2 "$1")
  head -c 512 /dev/urandom | dd of="$1" bs=512 seek=$((boot / 512 + reserved + sectors + 2)) conv=notrunc status=none
}

plant_kernel_missing() { mdel -i "$1@@$(($(start_of "$1" $primary_system) * 512))" ::/vmlinuz; }
