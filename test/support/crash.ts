import { BroadcastChannel } from 'node:worker_threads'

const channelName = 'mtlb-test-crash'

/** Throws in this thread, with nobody to catch it, when a test calls `crash` with that name; `hang` has it spin. */
export function crashWhenTold(name: string): void {
  const channel = new BroadcastChannel(channelName)
  channel.unref()
  channel.onmessage = ({ data }) => {
    if (data === `hang ${name}`) spin()
    if (data !== name) return
    setImmediate(() => {
      throw new Error(`${name} was told to crash`)
    })
  }
}

export function crash(name: string): void {
  const channel = new BroadcastChannel(channelName)
  channel.postMessage(name)
  channel.close()
}

export function hang(name: string): void {
  crash(`hang ${name}`)
}

function spin(): void {
  for (;;);
}
