const THE_WORLD =
  '^(node:)?(net|tls|dgram|dns|dns/promises|http|https|http2|fs|fs/promises|child_process|os|process|timers|timers/promises|worker_threads|cluster)$|node_modules/(mqtt|dns2|aedes|fastify|@fastify|commander|smol-toml|prom-client|sanitize-html|nodemailer|@peculiar|esbuild)';

export default {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        path: '^(agent|gateway-server|protocol|runtime)/',
        // and packaging/compact puts the files of the small engine in the place of others
        pathNot: '^gateway-server/web/islands/|^agent/compact/',
      },
      to: {},
    },
    {
      name: 'agent-knows-no-gateway',
      severity: 'error',
      from: { path: '^agent/' },
      to: { path: '^(gateway-server|test|packaging)/' },
    },
    {
      name: 'gateway-knows-no-agent',
      severity: 'error',
      from: { path: '^gateway-server/' },
      to: { path: '^(agent|test|packaging)/' },
    },
    {
      name: 'protocol-knows-no-program',
      severity: 'error',
      from: { path: '^protocol/' },
      to: { path: '^(agent|gateway-server|test|packaging)/' },
    },
    {
      name: 'runtime-stands-alone',
      severity: 'error',
      from: { path: '^runtime/' },
      to: { path: '^(agent|gateway-server|protocol|test|packaging)/' },
    },
    {
      name: 'only-io-touches-the-world',
      severity: 'error',
      from: {
        path: '^(agent|gateway-server|protocol|runtime)/',
        pathNot: '/io/|/main\\.ts$|^agent/compact/',
      },
      to: { path: THE_WORLD },
    },
    {
      // the agent's core also runs on an engine that has no Node modules at all
      name: 'the-agents-core-knows-no-node',
      severity: 'error',
      from: { path: '^(agent|protocol|runtime)/', pathNot: '/io/|/main\\.ts$|^agent/compact/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      // what runs in browsers knows nothing of the program that serves it
      name: 'islands-stand-alone',
      severity: 'error',
      from: { path: '^gateway-server/web/islands/' },
      to: {
        path: '^(agent|gateway-server|protocol|runtime|test|packaging)/',
        pathNot: '^gateway-server/web/islands/',
      },
    },
    {
      name: 'only-main-wires-io',
      severity: 'error',
      from: { path: '^(agent|gateway-server)/', pathNot: '/io/|/main\\.ts$|^agent/compact/' },
      to: { path: '/io/' },
    },
    { name: 'nothing-imports-main', severity: 'error', from: {}, to: { path: '/main\\.ts$' } },
    {
      name: 'no-unlisted-package',
      severity: 'error',
      // bundle-islands.ts runs at build time, and in a program that runs from source
      from: {
        path: '^(agent|gateway-server|protocol|runtime)/',
        pathNot: '^gateway-server/web/io/bundle-islands\\.ts$',
      },
      // host:NAME is compiled in
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown'], pathNot: '^host:' },
    },
    {
      name: 'common-code-is-used-by-the-agent',
      severity: 'error',
      from: { path: '^agent/main\\.ts$' },
      to: { path: '^(protocol|runtime)/', reachable: false },
    },
    {
      name: 'common-code-is-used-by-the-gateway',
      severity: 'error',
      from: { path: '^gateway-server/main\\.ts$' },
      to: { path: '^(protocol|runtime)/', reachable: false },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
