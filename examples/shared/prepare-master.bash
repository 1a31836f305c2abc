# For scripts that build example masters; sourced after disk-image.bash. What a careful person does to a system before it
# is cloned: systemd's docs/BUILDING_IMAGES.md and what virt-sysprep does, by hand.

# The tree of a system that has never run becomes one that every clone can begin with. What is each unit's own is made
# at its first boot by shared/first-boot; the machine ID by systemd itself.
prepare_master() {
  local tree=$1
  echo uninitialized >"$tree/etc/machine-id"
  ln -sf /etc/machine-id "$tree/var/lib/dbus/machine-id" 2>/dev/null || true
  rm -f "$tree"/etc/ssh/ssh_host_*_key{,.pub} "$tree/etc/hostname"
  rm -f "$tree"/var/lib/systemd/{random-seed,credential.secret} "$tree/etc/resolv.conf"
  printf '127.0.0.1 localhost\n::1 localhost\n' >"$tree/etc/hosts"
  install -m 755 "$here/shared/first-boot/unit-identity" "$tree/usr/local/sbin/unit-identity"
  install -m 644 "$here/shared/first-boot/unit-identity.service" "$tree/etc/systemd/system/unit-identity.service"
  mkdir -p "$tree/etc/systemd/system/sysinit.target.wants"
  ln -sf ../unit-identity.service "$tree/etc/systemd/system/sysinit.target.wants/unit-identity.service"
  # At a first boot systemd enables what its presets say; here everything is as it was made.
  mkdir -p "$tree/etc/systemd/system-preset"
  echo 'disable *' >"$tree/etc/systemd/system-preset/00-as-it-was-made.preset"
  remove_traces "$tree"
}

# What the making of a system leaves behind and no clone needs.
remove_traces() {
  local tree=$1
  find "$tree/var/log" "$tree/tmp" "$tree/var/tmp" "$tree/var/lib/apt/lists" "$tree/var/cache/apt" "$tree/run" \
    -mindepth 1 ! -type d -delete
  rm -rf "$tree"/var/log/journal "$tree"/var/cache/debconf/*-old "$tree"/var/lib/dpkg/*-old
  rm -f "$tree"/etc/{passwd,shadow,group,gshadow,subuid,subgid}- "$tree"/root/.*history
}
