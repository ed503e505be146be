/**
 * The commands of `godwit`. Each is loaded when it is called, so that `--help` answers at once.
 *
 * Results go to standard output, progress and faults to standard error. Exit status: 0 for success, 1 for a run that
 * failed, 2 for bad input.
 */

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { GodwitError } from '#shared/model/godwit-error.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { type CliIo, exitStatus, type ExitStatus } from './io.ts'

/** Runs one command line and gives its exit status. */
export async function main(args: readonly string[], io: CliIo = terminal()): Promise<ExitStatus> {
  let status: ExitStatus = exitStatus.success
  const program = programOf(io, (ended) => (status = ended))
  try {
    if (args.length === 0) program.help({ error: true })
    await program.parseAsync(args, { from: 'user' })
    return status
  } catch (error) {
    return faultStatus(error, io)
  }
}

function terminal(): CliIo {
  // A reader that has seen enough, such as head, is no fault.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit()
    throw error
  })
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    interactive: process.stderr.isTTY,
  }
}

function faultStatus(error: unknown, io: CliIo): ExitStatus {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.success : exitStatus.badInput
  if (error instanceof GodwitError) {
    io.err(`godwit: ${error.message}\n`)
    return faultsOfTheProgram.test(error.code) ? exitStatus.runFailed : exitStatus.badInput
  }
  io.err(`godwit: this should not happen, please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return exitStatus.runFailed
}

/** Faults that no other input would mend. */
const faultsOfTheProgram = /^(lab\.(worker-start|protocol)|store\.(unexpected|closed|sqlite)|simulation\.)/

type End = (status: ExitStatus) => void

function programOf(io: CliIo, end: End): Command {
  const program = new Command('godwit')
    .description('A laboratory for live migration of virtual machines')
    .version(packageJson.version)
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err, outputError: (text, write) => write(`godwit: ${text.replace(/^error: /, '')}`) })
    .configureHelp({ showGlobalOptions: false })
    .showSuggestionAfterError()
  addSuiteCommands(program, io, end)
  addRunCommands(program, io, end)
  addFigureCommand(program, io, end)
  addTraceCommand(program, io, end)
  addKnowledgeCommands(program, io, end)
  addAgentCommands(program, io, end)
  addApplicationCommands(program, io, end)
  return program
}

function addSuiteCommands(program: Command, io: CliIo, end: End): void {
  program
    .command('check')
    .description('validate a suite and say what is wrong, where, and how to mend it')
    .argument('<file>', 'suite file (YAML or JSON), or the name of a suite preset')
    .option('--json', 'print one JSON document')
    .action(async (file: string, options: { json?: boolean }) => {
      const { runCheck } = await import('./commands/check.ts')
      end(await runCheck([file], options, io))
    })
  program
    .command('plan')
    .description('list the runs of a suite, their number, and an estimate of the time')
    .argument('<file>', 'suite file, or the name of a suite preset')
    .option('--all', 'list every run, not the first 20')
    .option('--json', 'print one JSON document')
    .action(async (file: string, options: { json?: boolean; all?: boolean }) => {
      const { runPlan } = await import('./commands/plan.ts')
      end(await runPlan([file], options, io))
    })
}

function addRunCommands(program: Command, io: CliIo, end: End): void {
  program
    .command('run')
    .description('run what is not yet run of a suite; continues where it stopped')
    .argument('<file>', 'suite file, or the name of a suite preset')
    .option('--store <file>', 'where results are kept', 'lab.sqlite')
    .option('--backend <name>', 'run only this backend of the suite')
    .option('--workers <n>', 'runs at a time (default: as many as the machine has processors)', wholeNumber)
    .option('--credentials <folder>', 'what proves who may connect to the agents of the suite (default: the folder that "godwit agent init" makes)')
    .option('--out <folder>', 'also write runs.csv, results.csv, results.json and the figures of the suite there')
    .option('--json', 'print a line of JSON for each run as it finishes')
    .option('--quiet', 'show no progress')
    .action(async (file: string, options: import('./commands/run.ts').RunOptions) => {
      const { runRun } = await import('./commands/run.ts')
      end(await runRun(file, options, io))
    })
  program
    .command('results')
    .description('show results per point (n, mean, 95 % interval), or one row a run')
    .requiredOption('--store <file>', 'where results are kept')
    .option('--suite <name>', 'name or number of a suite (default: the newest of each name)')
    .addOption(new Option('--format <format>', 'how to print them').choices(['table', 'csv', 'json', 'parquet']).default('table'))
    .option('--out <file>', 'the file that Parquet is written to')
    .option('--runs', 'one row a run instead of one a point')
    .option('--timelines', 'with the sampled series of each run (JSON)')
    .option('--metric <name...>', 'which metrics (default: totalMs downtimeMs transferredBytes)')
    .action(async (options: import('./commands/results.ts').ResultsOptions) => {
      const { runResults } = await import('./commands/results.ts')
      end(await runResults(options, io))
    })
  program
    .command('compare')
    .description('compare what was simulated of a suite with what was measured: the error of the simulation, metric by metric')
    .requiredOption('--store <file>', 'where results are kept')
    .option('--suite <name>', 'name or number of a suite (default: the newest of each name)')
    .option('--backends <list>', 'sim and one that measured, such as sim,agents (default: all that measured)')
    .option('--metric <name...>', 'which metrics (default: times, pages, bytes, iterations, faults and lost work)')
    .option('--points', 'also a row for each point')
    .option('--json', 'print one JSON document')
    .action(async (options: import('./commands/compare.ts').CompareOptions) => {
      const { runCompare } = await import('./commands/compare.ts')
      end(await runCompare(options, io))
    })
  program
    .command('models')
    .description('compare what analytic models predict for a suite with what is simulated')
    .argument('<file>', 'suite file, or the name of a suite preset')
    .option('--store <file>', 'where results are kept; what is not in it yet is run', 'lab.sqlite')
    .option('--workers <n>', 'runs at a time (default: as many as the machine has processors)', wholeNumber)
    .option('--json', 'print one JSON document')
    .option('--csv', 'print one row for each point, model and metric')
    .option('--quiet', 'show no progress')
    .action(async (file: string, options: import('./commands/models.ts').ModelsOptions) => {
      const { runModels } = await import('./commands/models.ts')
      end(await runModels(file, options, io))
    })
}

function addTraceCommand(program: Command, io: CliIo, end: End): void {
  program
    .command('import')
    .description('make a page trace of what valgrind (lackey) or perf script wrote, to be replayed by workload.kind: trace')
    .argument('<file>', 'the text, also packed as .gz; a page trace made elsewhere; -: standard input')
    .addOption(new Option('--kind <kind>', 'what the file is (default: found out from its first lines)').choices(['lackey', 'perf', 'trace']))
    .option('--name <name>', 'name of the trace (default: that of the file)')
    .option('--store <file>', 'the store beside which traces are kept', 'lab.sqlite')
    .option('--out <file>', 'write the trace to this file instead')
    .option('--page-size <size>', 'size of a page', '4 KiB')
    .option('--quantum <time>', 'within it a page is noted once as read and once as written', '100 us')
    .option('--ips <n>', 'instructions per second, for lackey, which has no clock', '1e9')
    .option('--json', 'print one JSON document')
    .action(async (file: string, options: import('./commands/import.ts').ImportCommandOptions) => {
      const { runImport } = await import('./commands/import.ts')
      end(await runImport(file, options, io))
    })
}

function addFigureCommand(program: Command, io: CliIo, end: End): void {
  program
    .command('figure')
    .description('draw a chart recipe as SVG, PDF or PNG')
    .argument('<recipe>', 'recipe file, the name of a recipe of the suite, or a kind of figure')
    .requiredOption('--store <file>', 'where results are kept')
    .requiredOption('--out <file>', 'the figure; its ending says the format')
    .option('--suite <name>', 'name or number of a suite (default: the newest of each name)')
    .option('--data', 'also write what the figure shows as CSV beside it')
    .option('--metric <name>', 'what is drawn')
    .option('--x <field>', 'the factor along the axis')
    .option('--series <field>', 'the factor that makes the series')
    .option('--title <text>', 'title of the figure')
    .option('--column <one|two>', 'width of one or two columns')
    .option('--width <length>', 'width, such as "8.5 cm"')
    .option('--height <length>', 'height, such as "6 cm"')
    .option('--dpi <n>', 'dots per inch of a PNG (default: 300)')
    .option('--point <n>', 'number of the point that is drawn')
    .option('--run <id>', 'the run that is drawn')
    .option('--from <time>', 'start of the time axis')
    .option('--to <time>', 'end of the time axis')
    .option('--where <field=value...>', 'only runs with these factors')
    .action(async (recipe: string, options: import('./commands/figure.ts').FigureOptions) => {
      const { runFigure } = await import('./commands/figure.ts')
      end(await runFigure(recipe, options, io))
    })
}

function addKnowledgeCommands(program: Command, io: CliIo, end: End): void {
  program
    .command('demo')
    .description('repeat the evaluation of Clark et al. 2005 and compare it with what was published')
    .option('--out <folder>', 'where the store, the tables and the figures go', 'demo-results')
    .option('--workers <n>', 'runs at a time (default: as many as the machine has processors)', wholeNumber)
    .action(async (options: import('./commands/demo.ts').DemoOptions) => {
      const { runDemo } = await import('./commands/demo.ts')
      end(await runDemo(options, io))
    })
  program
    .command('presets')
    .description('list the named scenarios and suites, or print one as YAML')
    .argument('[name]', 'a scenario or suite preset')
    .option('--json', 'print one JSON document')
    .action(async (name: string | undefined, options: { json?: boolean }) => {
      const { runPresets } = await import('./commands/presets.ts')
      end(await runPresets(name === undefined ? [] : [name], options, io))
    })
  program
    .command('schema')
    .description('print the JSON Schema of the suite file')
    .action(async () => {
      const { runSchema } = await import('./commands/schema.ts')
      end(await runSchema([], {}, io))
    })
}

function addAgentCommands(program: Command, io: CliIo, end: End): void {
  const agent = program.command('agent').description('an agent on this machine for labs on others, and what proves who may connect to it')
  agent
    .command('init')
    .description('make an authority of your own, and a certificate for this machine')
    .option('--folder <folder>', 'where they are kept (default: $XDG_CONFIG_HOME/godwit/agent or ~/.config/godwit/agent)')
    .option('--name <name>', 'what this machine is called in its certificate (default: its host name)')
    .option('--json', 'print one JSON document')
    .action(async (options: import('./commands/agent.ts').AgentInitOptions) => {
      const { runAgentInit } = await import('./commands/agent.ts')
      end(await runAgentInit(options, io))
    })
  agent
    .command('issue')
    .description('make a certificate for another machine, in a folder to be copied there')
    .argument('<name>', 'what that machine is called in its certificate')
    .requiredOption('--out <folder>', 'where the certificate goes')
    .option('--folder <folder>', 'where the authority is (default: as init has it)')
    .option('--json', 'print one JSON document')
    .action(async (name: string, options: import('./commands/agent.ts').AgentIssueOptions) => {
      const { runAgentIssue } = await import('./commands/agent.ts')
      end(await runAgentIssue(name, options, io))
    })
  agent
    .command('key')
    .description('make a key that all machines share, instead of certificates')
    .option('--folder <folder>', 'where it is kept (default: as init has it)')
    .option('--identity <name>', 'what the key is called on both sides (default: your user name)')
    .option('--json', 'print one JSON document')
    .action(async (options: import('./commands/agent.ts').AgentKeyOptions) => {
      const { runAgentKey } = await import('./commands/agent.ts')
      end(await runAgentKey(options, io))
    })
  agent
    .command('listen')
    .description('run an agent until Ctrl-C; prints where it listens')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port to listen on; 0: one that is free', portNumber, 7300)
    .option('--credentials <folder>', 'what proves who may connect (default: as init has it)')
    .option('--memory <size>', 'memory that guests may take, such as 8GiB (default: what is free)')
    .option('--allow-faults', 'let a lab kill this agent, for scenarios with a crash')
    .option('--json', 'print one JSON document when it listens')
    .action(async (options: import('./commands/agent.ts').AgentListenOptions) => {
      const { runAgentListen } = await import('./commands/agent.ts')
      end(await runAgentListen(options, io))
    })
  agent
    .command('status')
    .description('ask an agent what it is and what its machine has')
    .argument('<address>', 'host:port')
    .option('--credentials <folder>', 'what proves who asks (default: as init has it)')
    .option('--json', 'print one JSON document')
    .action(async (address: string, options: import('./commands/agent.ts').AgentStatusOptions) => {
      const { runAgentStatus } = await import('./commands/agent.ts')
      end(await runAgentStatus(address, options, io))
    })
}

function addApplicationCommands(program: Command, io: CliIo, end: End): void {
  program
    .command('serve')
    .description('serve the application to a browser; prints the address, Ctrl-C ends it')
    .option('--store <file>', 'where results are kept', 'lab.sqlite')
    .option('--port <n>', 'port to listen on; 0: one that is free', portNumber, 0)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--token <text>', 'what the address must show (default: 256 random bits, kept in the configuration folder)')
    .option('--new-token', 'make another token; tabs with the old one are let in no more')
    .option('--config <folder>', 'where settings, drafts and the token are kept (default: $XDG_CONFIG_HOME/godwit or ~/.config/godwit)')
    .option('--open', 'open the browser')
    .action(async (options: import('./commands/serve.ts').ServeOptions) => {
      const { runServe } = await import('./commands/serve.ts')
      end(await runServe(options, io))
    })
  program
    .command('start')
    .description('open the application in a window, or in the browser where there is no window')
    .option('--store <file>', 'where results are kept', 'lab.sqlite')
    .action(async (options: import('./commands/start.ts').StartOptions) => {
      const { runStart } = await import('./commands/start.ts')
      end(await runStart(options, io))
    })
}

function portNumber(text: string): number {
  const value = Number(text)
  if (!/^\d{1,5}$/.test(text) || value > 65_535) throw new InvalidArgumentError('Give a whole number from 0 to 65535.')
  return value
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 1024) throw new InvalidArgumentError('Give a whole number from 1 to 1024.')
  return value
}
