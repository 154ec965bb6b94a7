import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderManPages } from '../../../src/cli/help/render-man.ts'
import { topicEntries } from '../../../src/cli/topics.ts'

const pages = await renderManPages('9.9.9')

test('there is a page for mtlb and for every topic', () => {
  const files = pages.map(({ file }) => file)
  assert.deepEqual(files, ['mtlb.1', ...topicEntries.map(({ name }) => `mtlb-${name}.1`)])
})

for (const { file, text } of pages) {
  test(`${file} is plain roff that names its flags`, async () => {
    assert.match(text, /^\.\\" Generated .*\n\.TH MTLB.* 1 "" "mtlb 9\.9\.9" "User Commands"\n\.SH NAME\n/)
    assert.match(text, /^[\x20-\x7e\n]*$/)
    // Every line that begins with a dot is a request that man(7) knows.
    for (const [line] of text.matchAll(/^['.].*$/gm)) assert.match(line, /^\.(\\"|TH|SH|SS|PP|TP|br|nf|fi|RS|RE)( |$)/)
    const topic = await topicEntries.find(({ name }) => file === `mtlb-${name}.1`)?.load()
    for (const { flags = [] } of topic?.commands ?? []) {
      for (const { name } of flags) assert.ok(text.includes(`\\-\\-${name.replaceAll('-', '\\-')}`), name)
    }
  })
}
