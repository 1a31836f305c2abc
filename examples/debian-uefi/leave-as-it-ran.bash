# Sourced by build: a master as it is when somebody copies the disk of a machine that has run. Every fault that is planted
# here stands in expected-bad.yaml. Keys are made anew with each build; none of them was ever anybody's.

machine_id=b7e0f4126c9d4e07a35d81f29c64e0aa
# A type of partitions that nobody but this example has.
data_type=7A11AB1E-0000-4A5A-8E0F-5CA1AB1E0001

# What is on the file systems.
leave_as_it_ran() {
  local tree=$1 scratch=$2
  remove_traces "$tree"
  leave_identities "$tree"
  leave_services "$tree"
  leave_network "$tree"
  leave_accounts "$tree"
  leave_keys "$tree" "$scratch"
  leave_traces "$tree"
  leave_shared_first_boot "$tree"
  leave_start_files "$tree"
  leave_on_esp "$scratch/esp.img" "$scratch"
}

# A file with what comes on standard input, folders included.
leave() {
  local path=$1 mode=${2:-644}
  mkdir -p "$(dirname "$path")"
  cat >"$path"
  chmod "$mode" "$path"
}

leave_identities() {
  local tree=$1
  echo "$machine_id" | leave "$tree/etc/machine-id" 444
  rm -f "$tree/var/lib/dbus/machine-id"
  echo 52d8a19be7034f6f8c1d0e9a7b3f2c64 | leave "$tree/var/lib/dbus/machine-id"
  rm -f "$tree"/etc/ssh/ssh_host_*_key{,.pub}
  ssh-keygen -q -t ed25519 -N '' -C root@unit-00017 -f "$tree/etc/ssh/ssh_host_ed25519_key"
  # Dropbear's form is its own: a length, the name of the kind, a length, 32 bytes each of secret and public part.
  { printf '\000\000\000\013ssh-ed25519\000\000\000\100' && head -c 64 /dev/urandom; } |
    leave "$tree/etc/dropbear/dropbear_ed25519_host_key" 600
  head -c 512 /dev/urandom | leave "$tree/var/lib/systemd/random-seed" 600
  openssl genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256 2>/dev/null | openssl pkey -pubout |
    leave "$tree/var/lib/systemd/tpm2-srk-public-key.pem"
  echo unit-00017 | leave "$tree/etc/hostname"
  printf '127.0.0.1 localhost\n' | leave "$tree/etc/hosts"
  printf 'PRETTY_HOSTNAME="Unit 17 at the workshop"\nLOCATION="Bench 4"\n' | leave "$tree/etc/machine-info"
}

leave_services() {
  local tree=$1
  printf '[auto]\nserver-uuid=3f2b8e61-7c1d-11ee-9a4e-5254009c17d2\n' | leave "$tree/var/lib/mysql/auto.cnf" 640
  printf '6e0f1f8a-2d51-4c9e-b1d8-90c5b4f0a7e3' | leave "$tree/var/lib/docker/engine-id" 600
  openssl genrsa 2048 2>/dev/null | leave "$tree/etc/salt/pki/minion/minion.pem" 400
  openssl genpkey -algorithm ed25519 | leave "$tree/root/.local/state/syncthing/key.pem" 600
  # Where no rule looks: an ID in a file of the maker's own.
  printf '{ "deviceId": "0b7c9a52-4f1e-4f0a-9d3c-8e2b6a1c5f70", "series": 4 }\n' | leave "$tree/opt/appliance/device.json"
}

leave_network() {
  local tree=$1
  printf 'nm-v2:%s\n' "$(head -c 32 /dev/urandom | base64 -w 0)" | leave "$tree/var/lib/NetworkManager/secret_key" 600
  printf '[timestamps]\n2c7f0a1e-88d3-4a0c-9a1f-44be7f0f6d21=1736843480\n' | leave "$tree/var/lib/NetworkManager/timestamps"
  leave "$tree/etc/NetworkManager/system-connections/workshop.nmconnection" 600 <<'END'
[connection]
id=workshop
uuid=2c7f0a1e-88d3-4a0c-9a1f-44be7f0f6d21
type=ethernet

[ethernet]
mac-address=52:54:00:9C:17:D2
END
  printf '[DHCPv4]\nDUIDType=vendor\nDUIDRawData=00:00:ab:11:f9:2a:c2:77:29:f9:5c:00\n' | leave "$tree/etc/systemd/networkd.conf"
  openssl genpkey -algorithm ed25519 | leave "$tree/etc/openvpn/client.key" 600
  printf '"workshop" * "kran-7-blau" *\n' | leave "$tree/etc/ppp/chap-secrets" 600
  printf '[LinkKey]\nKey=8F0C2B6D1E4A79305BD2C1F6A87E9340\nType=4\nPINLength=0\n' |
    leave "$tree/var/lib/bluetooth/00:1A:7D:DA:71:13/D0:E7:82:1F:4C:55/info" 600
}

leave_accounts() {
  local tree=$1 key=$1/root/key
  ssh-keygen -q -t ed25519 -N '' -C builder@workshop -f "$key"
  leave "$tree/root/.ssh/authorized_keys" 600 <"$key.pub"
  rm -f "$key" "$key.pub"
  { printf '(21:protected-private-key(3:ecc(5:curve7:Ed25519)(1:q32:' && head -c 200 /dev/urandom; } |
    leave "$tree/root/.gnupg/private-keys-v1.d/6D1F0A9B3C7E52840F1A6B9C2D8E73F405A1B6C2.key" 600
  printf '[default]\naws_access_key_id = AKIAQ7ZT3PVX5MWR2LKD\naws_secret_access_key = %s\n' \
    "$(head -c 30 /dev/urandom | base64 -w 0)" | leave "$tree/root/.aws/credentials" 600
  printf 'https://builder:%s@repository.lab.example\n' "$(head -c 12 /dev/urandom | xxd -p)" | leave "$tree/root/.git-credentials" 600
}

leave_keys() {
  local tree=$1 scratch=$2
  mkdir -p "$tree/opt/appliance/tls" "$tree/var/backups" "$scratch/backup/etc/ssl/private"
  openssl genrsa 2048 2>/dev/null | leave "$tree/etc/easy-rsa/pki/private/ca.key" 600
  openssl genpkey -algorithm ed25519 | leave "$tree/etc/ssl/private/web.key" 600
  openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=unit-00017 -days 3650 \
    -keyout "$scratch/device.pem" -out "$scratch/device.crt" 2>/dev/null
  openssl pkcs12 -export -passout pass:changeit -inkey "$scratch/device.pem" -in "$scratch/device.crt" \
    -out "$tree/opt/appliance/tls/device.p12"
  # Where no rule looks: the text of the key does not stand there as it is.
  cp "$scratch/device.pem" "$scratch/backup/etc/ssl/private/web.key"
  tar --create --gzip --file "$tree/var/backups/web.tar.gz" --directory "$scratch/backup" etc
  head -c 64 /dev/urandom | leave "$tree/etc/cryptsetup-keys.d/data.key" 600
  { printf '\005\002' && head -c 120 /dev/urandom; } | leave "$tree/etc/krb5.keytab" 600
}

leave_traces() {
  local tree=$1
  printf 'ssh builder@repository.lab.example\nopenssl pkcs12 -export -passout pass:changeit\n' | leave "$tree/root/.bash_history" 600
  printf 'd-i passwd/root-password password eins-zwei\n' | leave "$tree/var/log/installer/cdebconf/questions.dat" 600
  { printf 'LPKSHHRH' && head -c 8184 /dev/zero; } | leave "$tree/var/log/journal/$machine_id/system.journal" 640
  printf 'Jan 14 09:31:20 unit-00017 appliance: ready\n' | leave "$tree/var/log/appliance.log" 640
  printf 'ref: refs/heads/main\n' | leave "$tree/etc/.git/HEAD"
  printf '[core]\n\tbare = false\n' | leave "$tree/etc/.git/config"
  mkdir -p "$tree/etc/.git/objects" "$tree/etc/.git/refs"
  printf '1\n' | leave "$tree/var/lib/systemd/rfkill/platform-unit17:bluetooth"
  printf '<device DEVNO="0xfe02" TIME="1736843480.1" UUID="%s" TYPE="ext4">/dev/vda2</device>\n' "$root_uuid" |
    leave "$tree/etc/blkid/blkid.tab"
  head -c 4096 /dev/urandom | leave "$tree/root/.cache/pip/http/8f1c"
}

# What only shows on clones that run: a secret "of the unit" that is made of something all of them have, and a host key
# that is another one after each start.
leave_shared_first_boot() {
  local tree=$1
  leave "$tree/usr/local/sbin/unit-keys" 755 <<'END'
#!/bin/sh
# The maker's: a secret for the unit, from its machine ID, and a host key.
set -eu
umask 077
[ -s /data/unit-secret ] || printf 'secret of %s' "$(cat /etc/machine-id)" | sha256sum | cut -c 1-64 >/data/unit-secret
rm -f /etc/ssh/ssh_host_ecdsa_key /etc/ssh/ssh_host_ecdsa_key.pub
ssh-keygen -q -t ecdsa -N '' -f /etc/ssh/ssh_host_ecdsa_key
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

leave_start_files() {
  local tree=$1
  cat >"$tree/etc/fstab" <<END
UUID=$root_uuid / ext4 errors=remount-ro 0 1
UUID=$esp_uuid /boot/efi vfat umask=0077 0 0
/dev/disk/by-id/virtio-UNIT-00017-part3 /data ext4 nofail,x-systemd.device-timeout=5s 0 2
UUID=f3d0b6a1-94c7-4e25-8b1d-6a0c5e7f9d12 /srv ext4 nofail,x-systemd.device-timeout=5s 0 2
END
  grub_settings /dev/vda2 "$tree" >"$tree/boot/grub/grub.cfg"
  printf '%s\n' "$machine_id" | leave "$tree/etc/kernel/entry-token"
  # 1024 bytes, filled up with #, as grub-editenv has it. This grub.cfg does not read it.
  {
    printf '# GRUB Environment Block\nnext_entry=1\nrecordfail=1\n'
    head -c 1024 /dev/zero | tr '\0' '#'
  } | head -c 1024 | leave "$tree/boot/grub/grubenv"
}

leave_on_esp() {
  local image=$1 scratch=$2
  mkdir -p "$scratch/esp/loader/entries" "$scratch/esp/EFI/debian"
  head -c 32 /dev/urandom >"$scratch/esp/loader/random-seed"
  printf 'title Debian\nlinux /%s/6.1.0-17-amd64/linux\noptions root=UUID=%s\n' "$machine_id" "$root_uuid" \
    >"$scratch/esp/loader/entries/$machine_id-6.1.0-17-amd64.conf"
  printf 'search.fs_uuid 8d1e2f30-5a6b-4c7d-9e8f-0a1b2c3d4e5f root\nset prefix=($root)/boot/grub\nconfigfile $prefix/grub.cfg\n' \
    >"$scratch/esp/EFI/debian/grub.cfg"
  mcopy -s -o -i "$image" "$scratch/esp/loader" ::/
  mmd -i "$image" ::/EFI/debian
  mcopy -i "$image" "$scratch/esp/EFI/debian/grub.cfg" ::/EFI/debian/grub.cfg
  # A private key that was deleted: its clusters are free and as they were.
  openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048 -out "$scratch/db.key" 2>/dev/null
  mcopy -i "$image" "$scratch/db.key" ::/EFI/db.key
  mdel -i "$image" ::/EFI/db.key
  # Linux sets this bit of the boot sector while a FAT32 is mounted.
  put_bytes "$image" $((0x41)) <<<01
}

# The EFI system partition in the first sector that a GPT leaves, a hole, root, and a data partition with the GUID of
# root. The disk was enlarged afterwards, and the table not.
bad_disk() {
  local scratch=$1 disk=$1/disk.img
  local root_start=$((2048 + esp_mib * 2048 + 8 * 2048)) data_mib=32
  local data_start=$((root_start + root_mib * 2048))
  make_ext4 "$scratch/root.img" "$root_mib" "$scratch/root" root "$root_uuid"
  mkdir -p "$scratch/data"
  make_ext4 "$scratch/data.img" "$data_mib" "$scratch/data" data e8a5c0d2-1f3b-4e6a-b7c9-2d4f6a8c0e13
  truncate -s "$((1 + esp_mib + 8 + root_mib + data_mib + 1))M" "$disk"
  sfdisk --quiet "$disk" <<END
label: gpt
label-id: $disk_guid
first-lba: 34
start=34, size=$((esp_mib * 2048)), type=$esp_type, uuid=$esp_guid, name=esp
start=$root_start, size=$((root_mib * 2048)), type=$root_type, uuid=$root_guid, name=root
start=$data_start, size=$((data_mib * 2048)), type=$data_type, uuid=$root_guid, name=data
END
  truncate -s "+32M" "$disk"
  put_at "$disk" "$scratch/esp.img" 34
  put_at "$disk" "$scratch/root.img" "$root_start"
  put_at "$disk" "$scratch/data.img" "$data_start"
  printf '[Interface]\nPrivateKey = %s\nAddress = 10.8.0.17/24\n' "$(head -c 32 /dev/urandom | base64 -w 0)" >"$scratch/gap"
  put_at "$disk" "$scratch/gap" $((root_start - 4096))
}
