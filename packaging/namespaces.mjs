// Runs a command inside network, process and mount namespaces of its own, so that nothing of it can be left behind.
//   node packaging/namespaces.mjs COMMAND ...      where this is not permitted: says why and runs COMMAND without
import process from 'node:process';
import { asProcess, isStarted, quietly, shown } from './commands.mjs';

const UNSHARE = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];

/** Network namespaces get their names in /run, so a /run of our own keeps several of these sets apart. */
const INSIDE = `
mount -t tmpfs lab /run && mkdir -p /run/lock /run/porchlight || exit 70
resolv=$(readlink -f /etc/resolv.conf) || resolv=/etc/resolv.conf
mkdir -p "$(dirname "$resolv")"
[ -e "$resolv" ] || : > "$resolv"
echo nameserver 127.0.0.1 > /run/porchlight/resolv.conf
mount --bind /run/porchlight/resolv.conf "$resolv" || exit 70
ip link set lo up
export PORCHLIGHT_LAB=/run/porchlight
"$@"
exit $?`;

/** Why no namespaces can be made here; undefined where they can. */
export function whyNoNamespaces() {
  const trial = quietly('unshare', [...flags(), 'mount', '-t', 'tmpfs', 'lab', '/run']);
  if (trial.error) return `unshare does not start: ${trial.error.message}`;
  return trial.status === 0 ? undefined : trial.stderr.trim().split('\n')[0] || 'unshare failed';
}

/** Runs the command to its end and resolves with its exit code; when this process dies, so does everything inside. */
export function insideNamespaces(program, args, env = {}) {
  const words = ['--pdeathsig', 'KILL', 'unshare', ...flags(), 'bash', '-c', INSIDE, 'lab', program, ...args];
  // unshare ignores SIGTERM while it waits
  return shown('setpriv', words, env, 'SIGKILL');
}

/** Inside namespaces where that is permitted; else plainly, and those inside see that PORCHLIGHT_LAB is not set. */
export function insideWherePermitted(program, args, env = {}) {
  const reason = whyNoNamespaces();
  if (reason === undefined) return insideNamespaces(program, args, env);
  process.stdout.write(`no network namespaces here (${reason}): what needs them is skipped\n`);
  return shown(program, args, env);
}

function flags() {
  return process.getuid?.() === 0 ? UNSHARE : ['-Ur', ...UNSHARE];
}

async function main([program, ...args]) {
  return program === undefined ? 2 : await insideWherePermitted(program, args);
}

if (isStarted(import.meta.url)) await asProcess(() => main(process.argv.slice(2)));
