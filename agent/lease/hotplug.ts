import { parseEnvironment } from './environment.ts';
import { type LeaseContent, type LeaseReading, nothingOn } from './lease.ts';
import { Problems } from './problems.ts';

const GOES_ON = new Set(['ifup', 'ifupdate', 'ifup-failed', 'reload', 'create']);
const ENDS = new Set(['ifdown', 'free']);

/** The environment of OpenWrt's hotplug.d/iface: it tells that something is new, and never an address. */
export function parseHotplug(content: LeaseContent): LeaseReading {
  const problems = new Problems();
  const environment = parseEnvironment(content.text, problems);
  const { values, lineOf } = environment;
  const event = values.get('ACTION') ?? environment.event;
  const name = values.get('DEVICE') ?? values.get('INTERFACE') ?? null;
  const isOver = event !== null && ENDS.has(event);
  if (event === null) problems.add('no ACTION in the file');
  else if (!isOver && !GOES_ON.has(event))
    problems.inLine(lineOf('ACTION'), `the action "${event}" is not known`);
  return {
    format: 'hotplug',
    leases: isOver ? [nothingOn(name)] : [],
    problems: problems.all,
    event,
    isUnfinished: false,
    speaksOf: isOver ? ['ipv4', 'ipv6', 'delegated'] : [],
  };
}
