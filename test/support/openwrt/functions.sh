# Stands in for /lib/functions.sh and procd.sh of OpenWrt: UCI comes from variables, what is asked of procd goes to a file.
config_load() { :; }
config_get() { eval "$1=\${UCI_$2_$3:-\$4}"; }
config_get_bool() { config_get "$@"; }
config_list_foreach() {
  eval "items=\$UCI_$1_$2"
  for item in $items; do "$3" "$item"; done
}
heard() { printf '%s\n' "$*" >> "$HEARD"; }
procd_open_instance() { heard open; }
procd_set_param() { heard "set $*"; }
procd_close_instance() { heard close; }
procd_add_reload_trigger() { heard "trigger $*"; }
procd_send_signal() { heard "signal $*"; }
procd_running() { [ -n "$RUNNING" ]; }
start() { heard start; }
stop() { heard stop; }
logger() { heard "log $*"; }
chown() { heard "chown $1"; }
uci() {
  heard "uci $*"
  case $* in
    '-q get porchlight.agent.wan') printf '%s\n' "$UCI_agent_wan" ;;
    '-q get porchlight.agent.gateway') printf '%s\n' "$UCI_agent_gateway" ;;
    batch) while IFS= read -r line; do heard "batch $line"; done ;;
  esac
}
