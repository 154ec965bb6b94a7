import type { AuthMethod } from './auth-method.ts'

export const none = { name: 'none', summary: 'anybody may call' } as const satisfies AuthMethod
