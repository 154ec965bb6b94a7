import type { TestContext } from 'node:test'

const pending = new WeakMap<TestContext, (() => unknown)[]>()

/**
 * Has something undone after the test, last in first out: a server is closed before its folder goes. (`t.after` runs
 * first in first out, and one failure keeps the others from running.)
 */
export function cleanUp(t: TestContext, undo: () => unknown): void {
  const known = pending.get(t)
  if (known !== undefined) {
    known.push(undo)
    return
  }
  const undos = [undo]
  pending.set(t, undos)
  t.after(() => undoAll(undos))
}

async function undoAll(undos: (() => unknown)[]): Promise<void> {
  const errors: unknown[] = []
  for (let undo = undos.pop(); undo !== undefined; undo = undos.pop()) {
    try {
      await undo()
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, 'what the test left behind could not be cleaned up')
}
