# Stands in for /lib/functions/network.sh of OpenWrt: the device of a network comes from a variable.
network_flush_cache() { :; }
network_get_device() {
  eval "found=\$DEVICE_$2"
  [ -n "$found" ] && eval "$1=\$found"
}
