import type { Command, Flag } from './command.ts'

/** Flags that every command has. */
export const globalFlags: readonly Flag[] = [
  {
    name: 'data',
    value: 'folder',
    summary: 'Data folder. Default: MTLB_DATA, else /var/lib/mtlb, else the state folder.',
  },
  { name: 'json', summary: 'Print JSON with stable keys; errors, too.' },
  { name: 'quiet', short: 'q', summary: 'Only data and errors.' },
  { name: 'color', isNegatable: true, summary: 'Colours even in a pipe; --no-color, like NO_COLOR, never.' },
  { name: 'no-input', summary: 'Never ask; fail instead.' },
  { name: 'help', short: 'h', summary: 'Show help.' },
]

/** Flags of commands that change the configuration. */
export const writeFlags: readonly Flag[] = [
  {
    name: 'wait',
    isNegatable: true,
    summary: 'Wait until the server enforces the change (default); --no-wait does not.',
  },
]

export const yesFlag: Flag = { name: 'yes', short: 'y', summary: 'Do it without asking.' }

/** A command's own flags and those of every command. */
export function flagsOf(command: Command): readonly Flag[] {
  return [...(command.flags ?? []), ...globalFlags]
}
