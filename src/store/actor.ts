import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'

interface ActorSources {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Text of a file, undefined when it cannot be read. */
  readonly readText?: (path: string) => string | undefined
  readonly userName?: () => string
}

/** 4294967295: the process did not come from a login. */
const noLogin = '4294967295'

/** Who runs this command, for the audit trail: who called sudo, else who logged in, else whose process it is. */
export function resolveActor(sources: ActorSources): string {
  const { environment, readText = readFileText, userName = currentUserName } = sources
  return environment.SUDO_USER || findLoginName(readText) || userName()
}

function findLoginName(readText: (path: string) => string | undefined): string | undefined {
  const uid = readText('/proc/self/loginuid')?.trim()
  if (uid === undefined || uid === '' || uid === noLogin) return undefined
  const accounts = (readText('/etc/passwd') ?? '').split('\n').map((line) => line.split(':'))
  return accounts.find(([, , id]) => id === uid)?.[0] ?? `uid ${uid}`
}

function currentUserName(): string {
  try {
    return userInfo().username
  } catch {
    // A user without an account, as containers have.
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}

function readFileText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
