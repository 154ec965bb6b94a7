import Database from 'better-sqlite3'
import { UserError } from '../kit/user-error.ts'

/** What SQLite or the system said about a file, as UserError `storage`; anything else is a bug and passes through. */
export function asStorageError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof UserError || !('code' in error)) return error
  const code = String(error.code)
  const isStorage = error instanceof Database.SqliteError ? !mistakes.test(code) : /^E[A-Z]+$/.test(code)
  if (!isStorage) return error
  const known = meanings.find(({ codes }) => codes.test(code))
  if (known === undefined) return new UserError('storage', `'${path}': ${error.message} (${code})`)
  return new UserError('storage', `'${path}' ${known.message}`, known.hint)
}

/** True when the file's content is at fault: trying again cannot help. */
export function isDamage(error: unknown): boolean {
  return error instanceof Database.SqliteError && damage.test(error.code)
}

/** A row that its table refuses: ours to mend, not the operator's. */
const mistakes = /^SQLITE_(ERROR$|CONSTRAINT|MISMATCH|RANGE|TOOBIG|MISUSE)/

const damage = /^SQLITE_(CORRUPT|NOTADB)/

const meanings = [
  { codes: damage, message: 'is damaged', hint: 'Move it elsewhere; what it counted or logged is not shown any more.' },
  { codes: /^SQLITE_FULL|ENOSPC|EDQUOT/, message: 'cannot grow: the disk is full', hint: 'Free some space.' },
  {
    codes: /^SQLITE_(CANTOPEN|READONLY|PERM|AUTH)|^E(ACCES|PERM|ROFS)$/,
    message: 'cannot be opened as this user',
    hint: "Run the command as the user that 'mtlb serve' runs as.",
  },
  { codes: /^SQLITE_BUSY/, message: 'is locked by another process', hint: 'Try again.' },
] as const
