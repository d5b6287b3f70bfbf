import type { Mutation } from './mutation.ts'

const src = 'sdk/sandbox/src'
const child = 'sdk/sandbox/test/child'
const claims = 'sdk/sandbox/test/claims'

/** What keeps the code of a service from everything but its input: secrets, files, sockets, other services. */
export const sandbox: readonly Mutation[] = [
  {
    name: 'the process of a service gets the environment of the platform',
    file: `${src}/locked-process.ts`,
    find: "env: { TZ: 'UTC' },",
    replace: "env: { ...process.env, TZ: 'UTC' },",
    tests: [`${child}/environment.test.ts`],
    only: 'no environment but UTC',
  },
  {
    name: 'the process of a service keeps one secret',
    file: `${src}/locked-process.ts`,
    find: "env: { TZ: 'UTC' },",
    replace: "env: { TZ: 'UTC', BIZQ_MASTER_KEY: 'secret' },",
    tests: [`${child}/environment.test.ts`],
    only: 'no environment but UTC',
  },
  {
    name: 'the process of a service has no permission model',
    file: `${src}/locked-process.ts`,
    find: "  '--permission',\n  '--allow-addons',",
    replace: '',
    tests: [`${child}/files.test.ts`],
  },
  {
    name: 'the process of a service reads every file',
    file: `${src}/locked-process.ts`,
    find: '`--allow-fs-read=${stage.directory}${path.sep}`',
    replace: "'--allow-fs-read=*'",
    tests: [`${child}/files.test.ts`],
  },
  {
    name: 'the process of a service writes files',
    file: `${src}/locked-process.ts`,
    find: "'--allow-addons',",
    replace: "'--allow-addons', '--allow-fs-write=*',",
    tests: [`${child}/files.test.ts`],
  },
  {
    name: 'the process of a service starts others',
    file: `${src}/locked-process.ts`,
    find: "'--allow-addons',",
    replace: "'--allow-addons', '--allow-child-process',",
    tests: [`${child}/files.test.ts`],
  },
  {
    name: 'the process of a service opens sockets',
    file: `${src}/locked-process.ts`,
    find: "'--allow-addons',",
    replace: "'--allow-addons', '--allow-net',",
    tests: [`${child}/socket.test.ts`],
    only: 'opens no socket',
  },
  {
    name: 'the process of a service has an inspector',
    file: `${src}/locked-process.ts`,
    find: "  '--disable-sigusr1',\n",
    replace: "  '--allow-inspector',\n",
    tests: [`${child}/environment.test.ts`],
    only: 'no environment but UTC',
  },
  {
    name: 'a process serves one service after another',
    file: `${src}/pool.ts`,
    find: 'if (session.release !== request.release || session.bundle !== request.bundle) return false',
    replace: 'if (session.release === undefined) return false',
    tests: [`${claims}/one-release.test.ts`],
    only: 'serves one release only',
  },
  {
    name: 'a process serves whatever bundle comes under its release’s digest',
    file: `${src}/pool.ts`,
    find: ' || session.bundle !== request.bundle) return false',
    replace: ') return false',
    tests: [`${claims}/one-release.test.ts`],
    only: 'another bundle',
  },
  {
    name: 'a process that has seen personal data serves another organisation',
    file: `${src}/pool.ts`,
    find: "return session.personalDataOf === undefined || session.personalDataOf === (request.organisation ?? '')",
    replace: 'return true',
    tests: [`${claims}/organisation-change.test.ts`],
    only: 'is replaced when the organisation changes',
  },
  {
    name: 'a process is never replaced',
    file: `${src}/pool.ts`,
    find: 'session.isTired || session.executions >= recycleAfter',
    replace: 'session.isTired || session.executions < 0 * recycleAfter',
    tests: [`${claims}/recycling.test.ts`],
    only: 'used up',
  },
  {
    name: 'an isolate serves one execution after another',
    file: `${src}/child/isolate.ts`,
    find: 'return (memoryMib: number): FreshIsolate => {',
    replace: `let first: FreshIsolate | undefined
  return (memoryMib: number): FreshIsolate => (first ??= immortal(make(memoryMib)))
  function immortal(fresh: FreshIsolate): FreshIsolate {
    fresh.isolate.dispose = () => {}
    return fresh
  }
  function make(memoryMib: number): FreshIsolate {`,
    tests: [`${claims}/isolation.test.ts`],
    only: 'leaves behind',
  },
  {
    name: 'a service runs for as long as it likes',
    file: `${src}/observation.ts`,
    find: '}, limits.wallMs)',
    replace: '}, 20 * limits.cpuMs)',
    tests: [`${claims}/bounds.test.ts`],
    only: 'the deadline is apart',
  },
  {
    name: 'a service uses as much CPU as it likes',
    file: `${src}/observation.ts`,
    find: '} else if (cpuMs > limits.cpuMs) {',
    replace: '} else if (cpuMs > 10 * limits.wallMs) {',
    tests: [`${claims}/bounds.test.ts`],
    only: 'CPU is bounded apart',
  },
  {
    name: 'what comes out of a service is not bounded',
    file: `${src}/child/execute.ts`,
    find: 'if (bytes > order.outputBytes) {',
    replace: 'if (bytes < 0) {',
    tests: [`${claims}/bounds.test.ts`, 'sdk/sandbox/test/hostile/huge-output.test.ts'],
  },
  {
    name: 'a place that is not in the bundle is believed',
    file: `${src}/read-ending.ts`,
    find: 'return isInside ? [{ line, column }] : []',
    replace: 'return isInside || line > 0 ? [{ line, column }] : []',
    tests: [`${claims}/untrusted-child.test.ts`],
    only: 'positions that do not exist',
  },
  {
    name: 'the guest reads the real time',
    file: 'sdk/sandbox/src/child/guest/time.ts',
    find: "replaceMethod(Temporal.Now, 'instant', () => instant)",
    replace: '',
    tests: ['sdk/sandbox/test/claims/time.test.ts'],
  },
  {
    name: 'the guest’s chance is not seeded',
    file: 'sdk/sandbox/src/child/guest/random.ts',
    find: "replaceMethod(Math, 'random', () => () => ((draw() >>> 5) * 67108864 + (draw() >>> 6)) / 9007199254740992)",
    replace: 'void [replaceMethod, draw]',
    tests: ['sdk/sandbox/test/claims/determinism.test.ts'],
  },
  {
    name: 'the guest keeps WebAssembly and shared memory',
    file: 'sdk/sandbox/src/child/guest/dangers.ts',
    find: 'for (let i = 0; i < names.length; i++) delete',
    replace: 'for (let i = 5; i < names.length; i++) delete',
    tests: ['sdk/sandbox/test/claims/reachable-globals.test.ts'],
  },
]
