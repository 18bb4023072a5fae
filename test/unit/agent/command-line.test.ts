import { expect, test } from 'vitest';
import { readCommandLine } from '../../../agent/command-line.ts';

test.each([
  [['run'], { kind: 'run', config: undefined, logLevel: undefined }],
  [
    ['run', '--config', 'a.toml', '--log-level', 'debug'],
    { kind: 'run', config: 'a.toml', logLevel: 'debug' },
  ],
  [['run', '--config=a=b.toml'], { kind: 'run', config: 'a=b.toml', logLevel: undefined }],
  [['status', '--json'], { kind: 'status', config: undefined, json: true }],
  [['check', '--json', '--config', '-'], { kind: 'check', config: '-', json: true }],
  [
    ['leases', '--at', '7', 'x', '--format', 'kea'],
    { kind: 'leases', file: 'x', at: 7, format: 'kea', json: false },
  ],
  [['--version'], { kind: 'version' }],
])('reads %j', (words, command) => {
  expect(readCommandLine(words)).toEqual(command);
});

test.each([
  [[], /say what to do: run, status, check, leases/],
  [['fly'], /"fly" is no command/],
  [['toString'], /"toString" is no command/],
  [['status', '--colour'], /"--colour" is no option of status: --config, --json are/],
  [['status', '--at', '7'], /"--at" is no option of status/],
  [['run', '-c', 'a.toml'], /"-c" is no option of run/],
  [['run', 'fast'], /"fast" is one word too many for run/],
  [['run', '--config'], /--config needs a value: --config FILE/],
  [['run', '--log-level', 'loud'], /--log-level "loud": give one of error, warn, info, debug/],
  [['status', '--json=yes'], /--json takes no value/],
  [['leases'], /leases needs a file/],
  [['leases', 'x', 'y'], /"y" is one word too many/],
  [['leases', 'x', '--at', 'noon'], /--at "noon": give seconds since 1970/],
  [['leases', 'x', '--format', 'csv'], /--format "csv": give one of udhcpc, dhclient/],
])('refuses %j with a reason', (words, why) => {
  expect(readCommandLine(words)).toEqual({ kind: 'wrong', why: expect.stringMatching(why) });
});

test.each([[['--help']], [['-h']], [['help']]])('tells every command at %j', (words) => {
  const text = expect.stringMatching(/ {2}run .*\n {2}status .*\n {2}check .*\n {2}leases FILE /);
  expect(readCommandLine(words)).toEqual({ kind: 'help', text });
});

test('tells the options of one command', () => {
  const told = readCommandLine(['leases', '--help']);
  expect(told).toEqual({
    kind: 'help',
    text: expect.stringMatching(/--format NAME[\s\S]*--at EPOCH[\s\S]*--json/),
  });
});
