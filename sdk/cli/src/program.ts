import { Argument, Command, CommanderError, Option } from 'commander'
import { CommandError, exitCodes } from './command-error.ts'
import { homeOption } from './installation/home.ts'
import { createOutput, type Output, type OutputOptions } from './output.ts'
import { ownVersion } from './own-version.ts'

/** A command's work: resolves to its exit code, or to nothing for 0. */
type Work = (out: Output) => Promise<number | void>

const platformOption = () =>
  new Option('--platform <url>', 'the platform, such as https://bizq.example').env('BIZQ_PLATFORM')
const folderArgument = () => new Argument('[folder]', 'the provider’s folder').default('.')

/** Each command loads its own code when it runs, so that the others cost nothing. */
function describeCommands(program: Command, run: (work: Work) => Promise<void>): void {
  describeProviderCommands(program, run)
  describePlatformCommands(program, run)
  describeInstallationCommands(program, run)
}

function describeProviderCommands(program: Command, run: (work: Work) => Promise<void>): void {
  program
    .command('dev')
    .description('Run a provider on an invented business, again at every change, with a page in your browser')
    .addArgument(folderArgument())
    .option('--port <number>', 'of the page, on 127.0.0.1', '4400')
    .option('--seed <number>', 'another seed is another business', '1')
    .option('--today <day>', 'the business’s day', '2026-12-01')
    .option('--once', 'build and run once, and print what came of it', false)
    .option('--no-open', 'do not open the browser')
    .action((folder: string, options) =>
      run(async (out) => (await import('./commands/dev.ts')).dev(out, folder, options)),
    )
  program
    .command('build')
    .description('Bundle a provider and write dist/manifest.json and dist/bundle.js')
    .addArgument(folderArgument())
    .action((folder: string) => run(async (out) => (await import('./commands/build.ts')).build(out, folder)))
  program
    .command('test')
    .description('Run a provider’s own tests; what stands after -- goes to the test runner')
    .addArgument(folderArgument())
    .argument('[arguments...]')
    .action((folder: string, rest: string[]) =>
      run(async (out) => (await import('./commands/test.ts')).test(out, folder, rest)),
    )
  program
    .command('certify')
    .description('Make the checks that the platform makes, with the same verdict')
    .addArgument(folderArgument())
    .option('--report <file...>', 'write the report too: .json, .xml (JUnit), .sarif or .html')
    .action((folder: string, options) =>
      run(async (out) => (await import('./commands/certify.ts')).certify(out, folder, options)),
    )
  program
    .command('verify')
    .description('Verify a certificate or a receipt with the platform’s public keys')
    .argument('<file>', 'the signed statement (a compact JWS) or its address; - reads it from stdin')
    .option('--keys <url or file>', 'the public keys (JWKS); those of the issuer it names unless told')
    .option('--release <folder>', 'require that it is about what this folder’s dist holds')
    .action((file: string, options) =>
      run(async (out) => (await import('./commands/verify.ts')).verify(out, file, options)),
    )
  program
    .command('doctor')
    .description('Look for what would keep this machine or this project from working')
    .addArgument(folderArgument())
    .addOption(platformOption())
    .action((folder: string, options) =>
      run(async (out) => (await import('./commands/doctor.ts')).doctor(out, folder, options)),
    )
}

function describePlatformCommands(program: Command, run: (work: Work) => Promise<void>): void {
  program
    .command('login')
    .description('Sign in: shows a code that you confirm in a browser')
    .addOption(platformOption())
    .option('--no-open', 'do not open the browser')
    .action((options) => run(async (out) => (await import('./commands/login.ts')).login(out, options)))
  program
    .command('logout')
    .description('Forget the sign-in, here and on the platform')
    .addOption(platformOption())
    .action((options) => run(async (out) => (await import('./commands/login.ts')).logout(out, options)))
  program
    .command('whoami')
    .description('Say who you are signed in as, and what you may')
    .addOption(platformOption())
    .action((options) => run(async (out) => (await import('./commands/whoami.ts')).whoami(out, options)))
  program
    .command('publish')
    .description('Build, certify and submit a release')
    .addArgument(folderArgument())
    .addOption(platformOption())
    .option('--skip-certify', 'let the platform alone make the checks', false)
    .option('--hold', 'leave it certified until you choose what becomes of it')
    .option('--stage', 'run it for your test operators alone')
    .option(
      '--canary <percent>',
      'take it to a share of the subscriptions first, and back when it does worse',
    )
    .option('--hours <number>', 'how long the canary is watched before the rest follows', '48')
    .action((folder: string, options) =>
      run(async (out) => (await import('./commands/publish.ts')).publish(out, folder, options)),
    )
  program
    .command('status')
    .description('Say where your services and their releases stand')
    .argument('[service]', 'one service; all of your organisation’s unless told')
    .addOption(platformOption())
    .action((service: string | undefined, options) =>
      run(async (out) => (await import('./commands/status.ts')).status(out, service, options)),
    )
  program
    .command('logs')
    .description(
      'Show a service’s executions: outcome, timing, error; log text of test runs and of what operators share',
    )
    .argument('<service>')
    .addOption(platformOption())
    .option('-f, --follow', 'go on as they come', false)
    .option('--limit <number>', 'how many of the latest', '50')
    .addOption(new Option('--interval <seconds>', 'between two looks, under --follow').default('2'))
    .action((service: string, options) =>
      run(async (out) => (await import('./commands/logs.ts')).logs(out, service, options)),
    )
}

function describeInstallationCommands(program: Command, run: (work: Work) => Promise<void>): void {
  program
    .command('backup')
    .description('Copy a running installation to a file, while it goes on')
    .argument('<file>', 'the backup to write, such as bizq-backup.tar.gz')
    .addOption(homeOption('the installation’s data folder'))
    .option('--with-key', 'put the master key in too: whoever has the file can then read everything', false)
    .action((file: string, options) =>
      run(async (out) => (await import('./commands/installation.ts')).backup(out, file, options)),
    )
  program
    .command('restore')
    .description('Unpack a backup into an empty data folder')
    .argument('<file>', 'a file that `bizq backup` wrote')
    .addOption(homeOption('the empty folder'))
    .action((file: string, options) =>
      run(async (out) => (await import('./commands/installation.ts')).restore(out, file, options)),
    )
  program
    .command('invite-owner')
    .description('Invite somebody to run the marketplace of a running installation')
    .argument('<email>', 'the address that the invitation is for')
    .addOption(homeOption('the installation’s data folder'))
    .action((email: string, options) =>
      run(async (out) => (await import('./commands/installation.ts')).inviteOwner(out, email, options)),
    )
}

/** The completion commands are real only where they are called: their library is not loaded for the others. */
async function addCompletion(program: Command, wanted: string | undefined): Promise<void> {
  if (wanted === 'completion' || wanted === 'complete') {
    const { default: tab } = await import('@bomb.sh/tab/commander')
    tab(program, { completionCommandName: 'completion' })
    return
  }
  program
    .command('completion')
    .description('Print a script that completes bizq in your shell')
    .addArgument(new Argument('<shell>').choices(['zsh', 'bash', 'fish', 'powershell']))
}

interface Told {
  code: string
  message: string
  exitCode: number
}

/** A refusal in words; undefined for what only a mistake of ours can bring about. */
function refusalOf(error: unknown): Told | undefined {
  if (error instanceof CommandError)
    return { code: error.code, message: error.message, exitCode: error.exitCode }
  const { name, message } = (error ?? {}) as Error
  if (name === 'NoProviderError') return { code: 'no-provider', message, exitCode: exitCodes.usage }
  if (name === 'BuildError') return { code: 'does-not-build', message, exitCode: exitCodes.failed }
  if (name === 'ManifestError') return { code: 'manifest-invalid', message, exitCode: exitCodes.failed }
  if (name === 'AbortError')
    return { code: 'cancelled', message: 'Cancelled.', exitCode: exitCodes.cancelled }
  return undefined
}

function tellFailure(error: unknown, isJson: boolean): number {
  const refusal = refusalOf(error)
  if (!refusal) throw error
  const { code, message } = refusal
  if (isJson) process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`)
  else process.stderr.write(`${message}\n`)
  return refusal.exitCode
}

/** Runs what the arguments say; resolves to the exit code: 0 ok, 1 failed, 2 usage, 3 sign in, 130 cancelled. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  let code = 0
  const program = new Command('bizq')
    .description('Create, run, test, certify and publish BizQ providers; look after a BizQ installation.')
    .version(ownVersion())
    .option('--json', 'print results as JSON, one a line')
    .option('-q, --quiet', 'say nothing but the result')
    .showHelpAfterError('(bizq --help lists the commands, bizq <command> --help its options)')
    .addHelpText(
      'after',
      '\nExit codes: 0 ok, 1 failed, 2 usage, 3 sign in first. npm create bizq-provider makes a new one.',
    )
    .exitOverride()
  const isJson = argv.includes('--json')
  if (isJson) program.configureOutput({ writeErr: () => {} })
  describeCommands(program, async (work) => {
    try {
      code = (await work(createOutput(program.opts<OutputOptions>()))) ?? exitCodes.ok
    } catch (error) {
      code = tellFailure(error, isJson)
    }
  })
  await addCompletion(program, argv[2])
  try {
    await program.parseAsync(argv)
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return exitCodes.ok
    if (isJson) tellFailure(new CommandError(error.message, { code: 'usage' }), true)
    code = exitCodes.usage
  }
  return code
}
