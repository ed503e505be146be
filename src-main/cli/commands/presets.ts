/** `godwit presets [NAME]`: lists the named scenarios and suites, or prints one as a suite file. */

import { stringify } from 'yaml'
import { scenarioPresets, suitePresets } from '#shared/scenario/presets/index.ts'
import { nearestSpelling } from '#shared/scenario/spelling.ts'
import { formatVersion } from '#shared/scenario/suite.ts'
import { type CliIo, type ExitStatus, exitStatus } from '../io.ts'

export interface PresetsOptions {
  readonly json?: boolean
}

export function runPresets(args: readonly string[], options: PresetsOptions, io: CliIo): Promise<ExitStatus> {
  const [name] = args
  return Promise.resolve(name === undefined ? list(options, io) : print(name, options, io))
}

function list(options: PresetsOptions, io: CliIo): ExitStatus {
  const rows = (presets: Readonly<Record<string, { readonly title: string; readonly description: string }>>) =>
    Object.entries(presets).map(([name, { title, description }]) => ({ name, title, description }))
  const suites = rows(suitePresets)
  const scenarios = rows(scenarioPresets)
  if (options.json === true) {
    io.out(`${JSON.stringify({ suites, scenarios }, null, 2)}\n`)
    return exitStatus.success
  }
  const width = Math.max(...[...suites, ...scenarios].map(({ name }) => name.length))
  const lines = (group: typeof suites): string => group.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}\n`).join('')
  io.out(`Suites (godwit run NAME):\n${lines(suites)}\nScenarios (base: { preset: NAME }):\n${lines(scenarios)}`)
  return exitStatus.success
}

function print(name: string, options: PresetsOptions, io: CliIo): ExitStatus {
  const suite = Object.hasOwn(suitePresets, name) ? suitePresets[name] : undefined
  const scenario = Object.hasOwn(scenarioPresets, name) ? scenarioPresets[name] : undefined
  if (suite === undefined && scenario === undefined) {
    const near = nearestSpelling(name, [...Object.keys(suitePresets), ...Object.keys(scenarioPresets)])
    io.err(`there is no preset "${name}"${near === undefined ? '; "godwit presets" lists them' : `; did you mean "${near}"?`}\n`)
    return exitStatus.badInput
  }
  const yaml = suite?.yaml ?? scenarioAsSuite(scenario)
  io.out(options.json === true ? `${JSON.stringify({ name, kind: suite === undefined ? 'scenario' : 'suite', yaml }, null, 2)}\n` : yaml)
  return exitStatus.success
}

/** A suite file that runs the scenario once, with its fields written out so that they can be edited. */
function scenarioAsSuite(preset: (typeof scenarioPresets)[string] | undefined): string {
  if (preset === undefined) return ''
  const { title, description, input } = preset
  return stringify({ godwit: formatVersion, name: title, description, base: input, repeat: 1, seed: 1, backends: ['sim'] }, { lineWidth: 0 })
}
