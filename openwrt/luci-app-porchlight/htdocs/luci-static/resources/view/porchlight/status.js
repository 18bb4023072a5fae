
'require view';
'require dom';
'require form';
'require fs';
'require poll';
'require rpc';
'require ui';

const STATUS_FILE = '/var/run/porchlight/status.json';

const STATES = {
	'starting': _('starting'),
	'no-lease': _('no address from the provider'),
	'connecting': _('connecting to the gateway'),
	'registering': _('connected, waiting for the gateway to reply'),
	'queued': _('queued: the name goes live with the next batch'),
	'live': _('live'),
	'refused': _('refused by the gateway'),
	'waiting': _('not connected, waiting for the next attempt'),
	'stopped': _('stopped')
};

const listServices = rpc.declare({
	object: 'service',
	method: 'list',
	params: [ 'name' ],
	expect: { '': {} }
});

const setInitAction = rpc.declare({
	object: 'luci',
	method: 'setInitAction',
	params: [ 'name', 'action' ],
	expect: { result: false }
});

/* What the page shows: whether procd runs the agent, and what the agent has written last; null where it wrote nothing. */
function look() {
	return Promise.all([
		L.resolveDefault(listServices('porchlight'), {}),
		L.resolveDefault(fs.read(STATUS_FILE), '')
	]).then(([ services, text ]) => {
		const instances = Object.values(services.porchlight?.instances || {});
		return { isRunning: instances.some((instance) => instance.running), status: parsed(text) };
	});
}

function parsed(text) {
	try {
		return JSON.parse(text);
	}
	catch {
		return null;
	}
}

function moment(at) {
	return at == null ? null : new Date(at).toLocaleString();
}

function addressesOf({ ipv4, ipv6 }) {
	return [ ipv4, ipv6 ].filter((address) => address).join(', ') || _('none');
}

/* Only a link of the web: the gateway told it, and it is shown to be clicked. */
function portalLink(portal) {
	if (!/^https?:\/\//.test(portal || ''))
		return null;
	return E('a', { 'href': portal, 'target': '_blank', 'rel': 'noopener noreferrer' }, _('Read them on your page'));
}

function messagesOf(away) {
	if (!away)
		return null;
	const told = away.messages === 1 ? _('1 message waits for you') : _('%d messages wait for you').format(away.messages);
	const link = portalLink(away.portal);
	return link ? [ told, '. ', link ] : told;
}

function rowsOf(isRunning, status) {
	if (!isRunning && !status)
		return [ [ _('State'), _('not running') ] ];
	if (!status)
		return [ [ _('State'), _('running, and has written no status yet') ] ];
	const { queue, lastFailure } = status;
	return [
		[ _('State'), isRunning ? (STATES[status.state] || status.state) : _('not running; this is what it wrote last') ],
		[ _('Name'), status.domain ],
		[ _('Addresses'), addressesOf(status.addresses) ],
		[ _('Gateway'), status.gateway ],
		[ _('Last update'), moment(status.lastLive) ],
		[ _('Next update'), queue ? moment(queue.toldAt + queue.liveInMs) : moment(status.nextAttemptAt) ],
		[ _('Last failure'), lastFailure ? '%s (%s)'.format(lastFailure.what, moment(lastFailure.at)) : null ],
		[ _('What to do'), lastFailure ? lastFailure.advice : null ],
		[ _('While you were away'), messagesOf(status.away) ],
		...status.announcements.map(({ text }) => [ _('Your provider says'), text ])
	].filter(([ , value ]) => value != null && value !== '');
}

function table({ isRunning, status }) {
	return E('table', { 'class': 'table', 'id': 'porchlight-status' }, rowsOf(isRunning, status).map(([ name, value ]) =>
		E('tr', { 'class': 'tr' }, [
			E('td', { 'class': 'td left', 'width': '33%' }, [ name ]),
			E('td', { 'class': 'td left' }, Array.isArray(value) ? value : [ value ])
		])));
}

/* Starts or stops the agent, and shows at once what came of it. */
function act(action, box) {
	return setInitAction('porchlight', action).then((isDone) => {
		if (!isDone)
			ui.addNotification(null, E('p', _('The agent could not be told to %s. Is it enabled in the settings below?').format(action)), 'error');
		return look().then((seen) => dom.content(box, table(seen)));
	});
}

return view.extend({
	load: look,

	render(seen) {
		const box = E('div', {}, [ table(seen) ]);
		poll.add(() => look().then((now) => dom.content(box, table(now))), 5);

		const map = new form.Map('porchlight', _('Porchlight'),
			_('Keeps the name of this line on its address. When the line is silent, your provider answers in its place and takes messages.'));

		const agent = map.section(form.NamedSection, 'agent', 'agent', _('Agent'));
		agent.option(form.Flag, 'enabled', _('Enabled'));
		const gateway = agent.option(form.Value, 'gateway', _('Gateway'), _('As your provider told it.'));
		gateway.placeholder = 'mqtts://gateway.example:8883';
		gateway.validate = (_id, value) => /^(|mqtts?:\/\/[^\s"\\]+)$/.test(value) || _('Give mqtts://HOST or mqtts://HOST:PORT.');
		agent.option(form.DynamicList, 'wan', _('Networks'), _('Those that lead to the provider, the best one first.'));

		const identity = map.section(form.NamedSection, 'identity', 'identity', _('Line'));
		const source = identity.option(form.ListValue, 'source', _('Source'));
		source.value('settings', _('the settings below'));
		source.value('auto', _('what the provider has laid into this router'));
		for (const [ key, title ] of [ [ 'line', _('Line') ], [ 'secret', _('Secret') ], [ 'domain', _('Name') ] ]) {
			const option = identity.option(form.Value, key, title);
			option.depends('source', 'settings');
			option.password = key === 'secret';
		}

		return map.render().then((settings) => E('div', {}, [
			E('h2', {}, [ _('Porchlight') ]),
			box,
			E('div', { 'class': 'right' }, [
				E('button', { 'class': 'btn cbi-button-apply', 'click': ui.createHandlerFn(this, () => act('start', box)) }, [ _('Start') ]),
				' ',
				E('button', { 'class': 'btn cbi-button-reset', 'click': ui.createHandlerFn(this, () => act('stop', box)) }, [ _('Stop') ])
			]),
			settings
		]));
	}
});
