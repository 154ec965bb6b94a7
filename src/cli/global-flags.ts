import type { Command, Flag } from './command.ts'

/** Flags that every command has. */
export const globalFlags: readonly Flag[] = [
  { name: 'data', value: 'DIR', summary: 'data folder (default: MTLB_DATA, /var/lib/mtlb or the state folder)' },
  { name: 'json', summary: 'print JSON with stable keys; errors too' },
  { name: 'quiet', short: 'q', summary: 'only data and errors' },
  { name: 'color', isNegatable: true, summary: 'colours even in a pipe; --no-color (or NO_COLOR) never' },
  { name: 'no-input', summary: 'never ask; fail instead' },
  { name: 'help', short: 'h', summary: 'show help' },
]

/** Flags of commands that change the configuration. */
export const writeFlags: readonly Flag[] = [
  { name: 'wait', isNegatable: true, summary: 'wait until the server enforces the change (default)' },
]

export const yesFlag: Flag = { name: 'yes', short: 'y', summary: 'do it without asking' }

export function flagsOf(command: Command): readonly Flag[] {
  return [...(command.flags ?? []), ...globalFlags]
}
