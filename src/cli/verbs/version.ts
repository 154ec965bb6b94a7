import type { Topic } from '../command.ts'
import { readVersion } from '../version.ts'

const summary = 'Print the version of mtlb and of its runtime.'

export const version: Topic = {
  name: 'version',
  summary,
  commands: [
    {
      words: ['version'],
      summary,
      details: "'mtlb --version' prints the first alone, and fastest.",
      examples: [{ command: 'mtlb version --json' }],
      run: ({ print }) => {
        const mtlb = readVersion()
        const node = process.versions.node
        if (print.isJson) return print.json({ mtlb, node })
        print.line(`mtlb ${mtlb}`)
        print.note(`Node.js ${node}`)
      },
    },
  ],
}
