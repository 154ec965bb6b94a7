import Database from 'better-sqlite3'
import { UserError } from '../kit/user-error.ts'

/** Runs work on files below `path` and turns what the storage refuses into UserError('storage'). */
export function guardStorage<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw toStorageError(path, error) ?? error
  }
}

/** Undefined when the error is not the storage's fault. */
export function toStorageError(path: string, error: unknown): UserError | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (!(error instanceof Database.SqliteError) && !systemCodes.has(code)) return undefined
  const found = failures.find(({ codes }) => codes.some((prefix) => code.startsWith(prefix)))
  return found && new UserError('storage', found.message(path), found.hint)
}

const systemCodes: ReadonlySet<string> = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOSPC',
  'EDQUOT',
  'ENOTDIR',
  'EEXIST',
  'EISDIR',
  'ENOENT',
  'ELOOP',
  'ENAMETOOLONG',
  'EIO',
])

interface Failure {
  readonly codes: readonly string[]
  readonly message: (path: string) => string
  readonly hint: string
}

const failures: readonly Failure[] = [
  {
    codes: ['SQLITE_NOTADB'],
    message: (path) => `'${path}' is not a database, or its beginning is damaged`,
    hint: 'Nothing was changed. Move the file away, put a backup in its place, or name another folder with --data.',
  },
  {
    codes: ['SQLITE_CORRUPT'],
    message: (path) => `'${path}' is damaged`,
    hint: "Nothing was changed. Put a backup in its place, or save what can be read with 'sqlite3 FILE .recover'.",
  },
  {
    codes: ['SQLITE_READONLY', 'SQLITE_PERM', 'EACCES', 'EPERM', 'EROFS'],
    message: (path) => `permission denied on '${path}'`,
    hint: 'Run the command as the user who owns the folder, or name another folder with --data.',
  },
  {
    codes: ['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE', 'ENOSPC', 'EDQUOT'],
    message: (path) => `there is no space left for '${path}'`,
    hint: 'Nothing was changed. Make room on the file system and run the command again.',
  },
  {
    codes: ['SQLITE_CANTOPEN', 'ENOTDIR', 'EEXIST', 'EISDIR', 'ENOENT', 'ELOOP', 'ENAMETOOLONG'],
    message: (path) => `'${path}' cannot be opened`,
    hint: 'Check that it is a file in a folder that this user may read and write, or name another with --data.',
  },
  {
    codes: ['SQLITE_BUSY', 'SQLITE_LOCKED'],
    message: (path) => `'${path}' has been locked by another process for more than 5 seconds`,
    hint: 'Nothing was changed. Run the command again when the other one is done.',
  },
  {
    codes: ['SQLITE_IOERR', 'SQLITE_PROTOCOL', 'EIO'],
    message: (path) => `the disk failed while '${path}' was read or written`,
    hint: 'Check its free space and the kernel log, then run the command again.',
  },
]
