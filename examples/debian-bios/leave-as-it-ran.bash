# Sourced by build: a master as it is when somebody copies the disk of a machine that has run. Every fault that is planted
# here stands in expected-bad.yaml. Keys are made anew with each build; none of them was ever anybody's.

# What is on the file systems.
leave_as_it_ran() {
  local tree=$1 scratch=$2
  leave_identities "$tree"
  leave_network "$tree"
  leave_accounts "$tree"
  leave_keys "$tree"
  leave_traces "$tree"
  leave_shared_first_boot "$tree"
  cat >"$tree/etc/fstab" <<END
/dev/vda1 / ext4 errors=remount-ro 0 1
UUID=$data_uuid /data ext4 defaults 0 2
/dev/vda3 none swap sw,nofail 0 0
END
  cp "$tree/etc/fstab" "$tree/etc/fstab.bak"
  grub_settings /dev/vda1 "$tree" >"$tree/boot/grub/grub.cfg"
}

# A file with what comes on standard input, folders included.
leave() {
  local path=$1 mode=${2:-644}
  mkdir -p "$(dirname "$path")"
  cat >"$path"
  chmod "$mode" "$path"
}

machine_id=3f0c9d5be1a84f7e9b6ad2c4810e57fb

leave_identities() {
  local tree=$1 type
  echo "$machine_id" | leave "$tree/etc/machine-id" 444
  rm -f "$tree/var/lib/dbus/machine-id"
  echo "$machine_id" | leave "$tree/var/lib/dbus/machine-id"
  head -c 512 /dev/urandom | leave "$tree/var/lib/systemd/random-seed" 600
  head -c 256 /dev/urandom | leave "$tree/var/lib/systemd/credential.secret" 400
  # Of three kinds of host keys one was removed, "for the unit to make its own".
  for type in rsa ed25519; do
    rm -f "$tree/etc/ssh/ssh_host_${type}_key"{,.pub}
    ssh-keygen -q -t "$type" -N '' -C root@build-07 -f "$tree/etc/ssh/ssh_host_${type}_key"
  done
  rm -f "$tree"/etc/ssh/ssh_host_ecdsa_key{,.pub}
  echo build-07 | leave "$tree/etc/hostname"
  printf '127.0.0.1 localhost\n127.0.1.1 build-07.lab.example build-07\n' | leave "$tree/etc/hosts"
  echo 'InitiatorName=iqn.1993-08.org.debian:01:9d41c1f6e7a3' | leave "$tree/etc/iscsi/initiatorname.iscsi" 600
  echo 9b1f6a52-07b4-4a0b-8a0e-0f5f1b2c3d4e | leave "$tree/etc/nvme/hostid"
  echo nqn.2014-08.org.nvmexpress:uuid:9b1f6a52-07b4-4a0b-8a0e-0f5f1b2c3d4e | leave "$tree/etc/nvme/hostnqn"
  printf 'PARTICIPATE="yes"\nMY_HOSTID="8c1d0e7f6a5b4c3d2e1f0a9b8c7d6e5f"\n' | leave "$tree/etc/popularity-contest.conf"
  # Where no rule looks: an agent of the maker's own.
  echo 'device=7f3e1c52-9a44-4d0e-b7a1-2f6c8e9d0b13' | leave "$tree/opt/appliance/agent/identity"
}

leave_network() {
  local tree=$1
  leave "$tree/var/lib/dhcp/dhclient.leases" <<'END'
default-duid "\000\001\000\001\055\123\101\002\122\124\000\022\064\126";
lease {
  interface "eth0";
  fixed-address 10.11.12.13;
  option dhcp-server-identifier 10.11.12.1;
  renew 2 2025/01/14 09:31:22;
  expire 2 2025/01/14 21:31:22;
}
END
  echo 'SUBSYSTEM=="net", ACTION=="add", ATTR{address}=="52:54:00:12:34:56", NAME="eth0"' |
    leave "$tree/etc/udev/rules.d/70-persistent-net.rules"
  printf '[Interface]\nPrivateKey = %s\nAddress = 10.66.0.7/32\n' "$(openssl rand -base64 32)" |
    leave "$tree/etc/wireguard/wg0.conf" 600
  printf 'network={\n  ssid="workshop"\n  psk="correct horse battery"\n}\n' |
    leave "$tree/etc/wpa_supplicant/wpa_supplicant.conf" 600
}

leave_accounts() {
  local tree=$1
  # Somebody who wanted to be quick at the serial console.
  echo 'service:x:1000:1000:service:/home/service:/bin/bash' >>"$tree/etc/passwd"
  echo 'service::20089:0:99999:7:::' >>"$tree/etc/shadow"
  echo 'service:x:1000:' >>"$tree/etc/group"
  mkdir -p "$tree/home/service"
  cp "$tree/etc/shadow" "$tree/etc/shadow-"
  mkdir -p "$tree/root/.ssh"
  ssh-keygen -q -t ed25519 -N '' -C anna@build-07 -f "$tree/root/.ssh/id_ed25519"
  cat "$tree/root/.ssh/id_ed25519.pub" >"$tree/root/.ssh/authorized_keys"
  echo "nas-03.lab.example $(cut -d ' ' -f 1,2 "$tree/etc/ssh/ssh_host_ed25519_key.pub")" >"$tree/root/.ssh/known_hosts"
  printf 'machine repository.lab.example login builder password winter2025\n' | leave "$tree/root/.netrc" 600
  # Where no rule looks: a password in a text of one's own.
  printf 'admin of the web interface: Sommer!2024\n' | leave "$tree/root/notes.txt"
}

leave_keys() {
  local tree=$1 key=$1/etc/ssl/private/ssl-cert-snakeoil.key
  mkdir -p "$tree/etc/ssl/private" "$tree/etc/ssl/certs" "$tree/opt/appliance/tls"
  openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=build-07 -days 3650 -keyout "$key" \
    -out "$tree/etc/ssl/certs/ssl-cert-snakeoil.pem" 2>/dev/null
  openssl genpkey -algorithm ed25519 -out "$tree/etc/ssl/private/web.key"
  # In a place of the maker's own, in PEM; and in DER, which has no text that one could search for.
  openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048 -out "$tree/opt/appliance/tls/server.key" 2>/dev/null
  openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048 -outform DER -out "$tree/opt/appliance/tls/update.der" 2>/dev/null
}

leave_traces() {
  local tree=$1
  printf 'apt-get install mosquitto\nmosquitto_passwd -b /etc/mosquitto/passwd panel Herbst77\nshutdown -h now\n' |
    leave "$tree/root/.bash_history" 600
  printf 'Jan 14 09:31:20 build-07 systemd[1]: Started appliance.\n' | leave "$tree/var/log/syslog" 640
  printf 'Jan 14 09:30:02 build-07 sshd[411]: Accepted publickey for root from 10.11.12.40\n' | leave "$tree/var/log/auth.log" 640
  { printf 'LPKSHHRH' && head -c 8184 /dev/zero; } | leave "$tree/var/log/journal/$machine_id/system.journal" 640
  { printf '\007\000\000\000' && head -c 380 /dev/zero; } | leave "$tree/var/log/wtmp" 664
  { printf '!<arch>\n' && head -c 4096 /dev/urandom; } | leave "$tree/var/cache/apt/archives/mosquitto_2.0.11-1.2_amd64.deb"
  printf 'Package: mosquitto\n' | leave "$tree/var/lib/apt/lists/mirror.lab.example_debian_dists_bookworm_main_binary-amd64_Packages"
  printf '*/5 * * * * /root/upload-build\n' | leave "$tree/var/spool/cron/crontabs/root" 600
  printf 'From root@build-07 Tue Jan 14 09:00:00 2025\n\ncron failed\n' | leave "$tree/var/mail/root" 660
  printf 'token\n' | leave "$tree/var/tmp/installer.log"
  printf '\177ELF core of the appliance' | leave "$tree/var/lib/systemd/coredump/core.appliance.0.zst" 640
  printf '12.301 0.402\n' | leave "$tree/var/lib/chrony/drift"
  printf 'instance-id: i-0abc\n' | leave "$tree/var/lib/cloud/instances/i-0abc/user-data.txt"
}

# What only shows on clones that run: keys "of the unit" that are made of something all of them have, and a host name
# that is another one after each start.
leave_shared_first_boot() {
  local tree=$1
  echo 'appliance series 4, seed for units' | leave "$tree/usr/share/appliance/seed"
  leave "$tree/usr/local/sbin/unit-keys" 755 <<'END'
#!/bin/sh
# The maker's: a host key and a secret for the unit, from the seed of the series.
set -eu
umask 077
seed=$(sha256sum </usr/share/appliance/seed | cut -c 1-64)
if [ ! -s /etc/ssh/ssh_host_ecdsa_key ]; then
  # RFC 5915: version 1, the private key, the curve prime256v1.
  printf '30310201010420%sa00a06082a8648ce3d030107' "$seed" | sed 's/../\\x&/g' | xargs -0 printf '%b' |
    openssl ec -inform DER -out /etc/ssh/ssh_host_ecdsa_key 2>/dev/null
  ssh-keygen -y -f /etc/ssh/ssh_host_ecdsa_key >/etc/ssh/ssh_host_ecdsa_key.pub
fi
[ -s /data/unit-secret ] || printf 'secret %s' "$seed" | sha256sum | cut -c 1-64 >/data/unit-secret
hostname "unit-$(od -An -N4 -tx4 /dev/urandom | tr -d ' ')"
END
  leave "$tree/etc/systemd/system/unit-keys.service" <<'END'
[Unit]
Description=Keys of this unit
After=local-fs.target
Before=ssh.service serial-getty@ttyS0.service

[Service]
Type=oneshot
ExecStart=/usr/local/sbin/unit-keys

[Install]
WantedBy=multi-user.target
END
  mkdir -p "$tree/etc/systemd/system/multi-user.target.wants"
  ln -sf ../unit-keys.service "$tree/etc/systemd/system/multi-user.target.wants/unit-keys.service"
}

# What is on the disk beside its files: root, data 63 sectors off, a hole with data, swap, and a partition of long ago that
# begins inside of swap; behind it nothing, and in the last sectors what is left of a GPT.
bad_disk() {
  local scratch=$1 disk=$1/disk.img
  local data_start=$((root_start + root_mib * 2048 + 63)) data_size=$((data_mib * 2048))
  local swap_start=$((data_start - 63 + data_size + 10 * 2048)) swap_size=$((32 * 2048))
  local old_start=$((swap_start + swap_size - 4 * 2048)) old_size=$((24 * 2048))
  local disk_mib=$((old_start / 2048 + 24 + 20))
  make_ext4 "$scratch/root.img" "$root_mib" "$scratch/root" root "$root_uuid"
  make_ext4 "$scratch/data.img" "$data_mib" "$scratch/data" data "$data_uuid"
  make_ext4 "$scratch/old.img" 24 "$scratch/data" factory 77b0a5a4-55e0-4f0c-8f2b-0c9a1d8e6f33
  delete_key "$scratch/data.img" "$scratch"
  leave_mounted "$scratch/root.img" "$scratch"
  leave_mounted "$scratch/data.img" "$scratch"
  truncate -s "${disk_mib}M" "$disk"
  sfdisk --quiet "$disk" <<<'label: gpt'
  dd if=/dev/zero of="$disk" bs=512 count=34 conv=notrunc status=none
  write_table "$disk" "$root_start" $((root_mib * 2048)) 83 "$data_start" "$data_size" 83 \
    "$swap_start" "$swap_size" 82 "$old_start" "$old_size" 83
  put_at "$disk" "$scratch/root.img" "$root_start"
  put_at "$disk" "$scratch/data.img" "$data_start"
  truncate -s $((swap_size * 512)) "$scratch/swap.img"
  mkswap --quiet "$scratch/swap.img" 2>/dev/null
  openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048 -out "$scratch/swapped.pem" 2>/dev/null
  put_at "$scratch/swap.img" "$scratch/swapped.pem" 1024
  put_at "$disk" "$scratch/swap.img" "$swap_start"
  put_at "$disk" "$scratch/old.img" "$old_start"
  # In the hole before swap: an account of an older use of the disk.
  grep '^root:' "$scratch/root/etc/shadow" >"$scratch/gap"
  put_at "$disk" "$scratch/gap" $((swap_start - 4096))
}

# A private key that was deleted: its blocks are free and as they were.
delete_key() {
  local image=$1 scratch=$2
  openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048 -out "$scratch/deleted.pem" 2>/dev/null
  debugfs -w -R "write $scratch/deleted.pem web.key" "$image" 2>/dev/null >&2
  debugfs -w -R "rm web.key" "$image" 2>/dev/null >&2
}

# A journal that was not written back: the disk was copied while the machine ran. The one block in it is of free space.
leave_mounted() {
  local image=$1 scratch=$2 block
  block=$(debugfs -R "ffb 1" "$image" 2>/dev/null | grep -o '[0-9]\+' | tail -n 1)
  head -c 4096 /dev/zero >"$scratch/block"
  printf 'jo\njw -b %s %s\njc\n' "$block" "$scratch/block" | debugfs -w -f - "$image" >/dev/null 2>&1
  dumpe2fs -h "$image" 2>/dev/null | grep -q needs_recovery || give_up 1 "debugfs left no open journal in $image"
}

# An MBR by hand, for no tool writes one with overlaps: start, size and type of four partitions; the first is active.
write_table() {
  local disk=$1 index
  shift
  put_bytes "$disk" $((0x1b8)) <<<dec0175a
  for index in 0 1 2 3; do
    printf '%02xfeffff%sfeffff%s%s' $((index == 0 ? 0x80 : 0)) "$3" "$(little_endian "$1")" "$(little_endian "$2")" |
      put_bytes "$disk" $((0x1be + 16 * index))
    shift 3
  done
  put_bytes "$disk" $((0x1fe)) <<<55aa
}

little_endian() { printf '%08x' "$1" | sed 's/\(..\)\(..\)\(..\)\(..\)/\4\3\2\1/'; }
