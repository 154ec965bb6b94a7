import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseArguments } from '../../bench/arguments.ts'

const known = ['mtlb', 'nginx', 'get']

test('words name competitors and trials', () => {
  assert.deepEqual(parseArguments(['get', 'nginx', '--rounds', '5', '--seconds=4'], known), {
    words: ['get', 'nginx'],
    rounds: 5,
    seconds: 4,
    isRendering: false,
  })
})

test('a word that nothing is called by is refused, with those that there are', () => {
  assert.throws(() => parseArguments(['caddy'], known), /'caddy'; there are: mtlb, nginx, get/)
})

test('rounds and seconds are whole numbers above 0', () => {
  for (const text of ['0', '1.5', 'many']) {
    assert.throws(() => parseArguments(['--rounds', text], known), /--rounds wants a whole number above 0/)
  }
})

test('files are taken for files when they are to be rendered', () => {
  const { words, isRendering } = parseArguments(['--render', 'a.json'], known)
  assert.deepEqual({ words, isRendering }, { words: ['a.json'], isRendering: true })
  assert.throws(() => parseArguments(['--render'], known), /wants files/)
})
