#!/usr/bin/env node
/** The first file of the command line: it runs on any Node, and says so when that one is too old for the rest. */

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(
    `godwit: this is Node ${process.versions.node}, and Godwit needs 22.12 or newer; run it through \`npx godwit\` in the project folder, or install Node 22.12 or newer\n`,
  )
  process.exitCode = 2
} else {
  const { main } = await import('./main.ts')
  process.exitCode = await main(process.argv.slice(2))
}
