import { describe, expect, test } from 'vitest'
import { backendNames, backendTable, runnableBackends } from '#shared/scenario/backends.ts'
import { suiteJsonSchema } from '#shared/scenario/json-schema.ts'
import { readHostAddress, showHostAddress } from '#shared/scenario/suite-hosts.ts'
import { suiteWarnings } from '#shared/scenario/warnings.ts'
import { planOf, problemsOf, suiteOf, suiteText } from './suite-text.ts'

const hosts = (text: string): string => suiteText('backends: [sim, agents]', `hosts: ${text}`)

describe('the hosts of a suite', () => {
  test('are none where the file says nothing: agents on this machine', () => {
    expect(suiteOf(suiteText('backends: [agents]')).hosts).toBeNull()
    expect(planOf(suiteText('backends: [agents]')).hosts).toBeNull()
  })

  test('are two agents, which imitate the link unless the file says otherwise', () => {
    const remote = { source: { host: 'lab-1', port: 7300 }, destination: { host: 'fd00::2', port: 7301 } }
    expect(suiteOf(hosts("{ source: 'lab-1:7300', destination: '[fd00::2]:7301' }")).hosts).toEqual({ remote, shaping: true })
    expect(planOf(hosts("{ source: 'lab-1:7300', destination: '[fd00::2]:7301', shaping: off }")).hosts).toEqual({ remote, shaping: false })
  })

  test('may say of this machine that its network is taken as it is', () => {
    expect(suiteOf(hosts('{ shaping: false }')).hosts).toEqual({ remote: null, shaping: false })
  })

  test.each([
    ['{ source: lab-1 }', 'suite.yaml:4:18: hosts.source: a host and a port are expected, such as lab-2:7300 or [fd00::2]:7300'],
    ["{ source: 'lab-1:7300' }", 'suite.yaml:4:1: hosts.destination: the source is named and the destination is not; name both, or neither for agents on this machine'],
    ["{ destination: 'lab-1:7300' }", 'suite.yaml:4:1: hosts.source: the destination is named and the source is not; name both, or neither for agents on this machine'],
    ["{ source: 'lab-1:7300', destination: 'LAB-1:7300' }", 'suite.yaml:4:45: hosts.destination: source and destination are the same agent; a guest needs another one to go to'],
    ["{ source: 'lab-1:0', destination: 'lab-2:70000' }", 'suite.yaml:4:18: hosts.source: 0 is no port; ports are 1 to 65535'],
    ['{ shaping: maybe }', 'suite.yaml:4:19: hosts.shaping: on or off is expected'],
    ['{ sorce: a }', 'suite.yaml:4:10: hosts.sorce: unknown field; did you mean "source"?'],
    ['[a, b]', 'suite.yaml:4:8: hosts: source, destination and shaping are expected, or nothing for agents on this machine'],
  ])('%s are refused with what to write instead', (text, problem) => {
    expect(problemsOf(hosts(text))[0]).toBe(problem)
  })

  test('are told to be in vain where no agents run the suite', () => {
    const text = suiteText('backends: [sim]', 'hosts: { shaping: off }')
    expect(suiteWarnings(suiteOf(text), planOf(text)).map(({ field, message }) => `${field}: ${message}`)).toEqual(['hosts: has no effect: it is read if backends has agents'])
    const used = hosts('{ shaping: off }')
    expect(suiteWarnings(suiteOf(used), planOf(used))).toEqual([])
  })

  test('are part of what a measured run is, and of no simulated one', () => {
    const idsOf = (text: string): string[] => planOf(text).runs.map(({ runId }) => runId)
    const [simulated, here] = idsOf(suiteText('backends: [sim, agents]'))
    const [again, unshaped] = idsOf(hosts('{ shaping: off }'))
    const [, there] = idsOf(hosts("{ source: 'a:1', destination: 'b:1' }"))
    expect(again).toBe(simulated)
    expect(new Set([simulated, here, unshaped, there]).size).toBe(4)
  })
})

describe('an address', () => {
  test.each(['lab-2:7300', '10.0.0.2:1', '[fd00::2]:65535', 'host.example.org:80'])('%s is read and shown alike', (text) => {
    const read = readHostAddress(text)
    expect(read.ok ? showHostAddress(read.address) : read.problem).toBe(text)
  })

  test.each(['', ':7300', 'lab:', 'lab:x', 'fd00::2:7300', 'user@lab:7300', 'lab 2:7300', 'lab:123456', 'http://lab:7300'])('"%s" is none', (text) => {
    expect(readHostAddress(text).ok).toBe(false)
  })
})

describe('the table of backends', () => {
  test('names what this version runs, and no more', () => {
    expect(backendNames.filter((name) => backendTable[name].later === undefined)).toEqual([...runnableBackends])
  })

  test('is what the JSON Schema tells', () => {
    const { backends, hosts: section } = suiteJsonSchema()['properties'] as Readonly<Record<string, { readonly description: string }>>
    for (const name of runnableBackends) expect(backends?.description).toContain(`${name}: ${backendTable[name].meaning}`)
    expect(JSON.stringify(backends)).toContain('"enum":["sim","agents"]')
    expect(section?.description).toContain('absent: both on this machine')
  })
})
