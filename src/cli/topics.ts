import type { Topic } from './command.ts'

interface TopicEntry {
  readonly name: string
  readonly group: TopicGroup
  load(): Promise<Topic>
}

export type TopicGroup = 'Configure:' | 'Run:' | 'Look:'

/** Every first word of the command line, in the order of help; each is loaded only when it is called. */
export const topicEntries: readonly TopicEntry[] = [
  { name: 'tenant', group: 'Configure:', load: async () => (await import('./nouns/tenant.ts')).tenant },
  { name: 'host', group: 'Configure:', load: async () => (await import('./nouns/host.ts')).host },
  { name: 'listener', group: 'Configure:', load: async () => (await import('./nouns/listener.ts')).listener },
  { name: 'pool', group: 'Configure:', load: async () => (await import('./nouns/pool.ts')).pool },
  { name: 'endpoint', group: 'Configure:', load: async () => (await import('./nouns/endpoint.ts')).endpoint },
  { name: 'route', group: 'Configure:', load: async () => (await import('./nouns/route.ts')).route },
  { name: 'key', group: 'Configure:', load: async () => (await import('./nouns/key.ts')).key },
  { name: 'plan', group: 'Configure:', load: async () => (await import('./nouns/plan.ts')).plan },
  { name: 'limit', group: 'Configure:', load: async () => (await import('./nouns/limit.ts')).limit },
  { name: 'price', group: 'Configure:', load: async () => (await import('./nouns/price.ts')).price },
  { name: 'ip', group: 'Configure:', load: async () => (await import('./nouns/ip.ts')).ip },
  { name: 'setting', group: 'Configure:', load: async () => (await import('./nouns/setting.ts')).setting },
  { name: 'export', group: 'Configure:', load: async () => (await import('./verbs/export.ts')).exportVerb },
  { name: 'diff', group: 'Configure:', load: async () => (await import('./verbs/apply.ts')).diff },
  { name: 'apply', group: 'Configure:', load: async () => (await import('./verbs/apply.ts')).apply },
  { name: 'history', group: 'Configure:', load: async () => (await import('./verbs/history.ts')).history },
  { name: 'undo', group: 'Configure:', load: async () => (await import('./verbs/history.ts')).undo },
  { name: 'rollback', group: 'Configure:', load: async () => (await import('./verbs/history.ts')).rollback },
  { name: 'serve', group: 'Run:', load: async () => (await import('./verbs/serve.ts')).serve },
  { name: 'demo', group: 'Run:', load: async () => (await import('./verbs/demo.ts')).demo },
  { name: 'status', group: 'Look:', load: async () => (await import('./verbs/status.ts')).status },
  { name: 'check', group: 'Look:', load: async () => (await import('./verbs/check.ts')).check },
  { name: 'logs', group: 'Look:', load: async () => (await import('./verbs/logs.ts')).logs },
  { name: 'explain', group: 'Look:', load: async () => (await import('./verbs/explain.ts')).explain },
  { name: 'stats', group: 'Look:', load: async () => (await import('./verbs/stats.ts')).stats },
  { name: 'usage', group: 'Look:', load: async () => (await import('./verbs/usage.ts')).usage },
  { name: 'invoice', group: 'Look:', load: async () => (await import('./verbs/invoice.ts')).invoice },
  { name: 'events', group: 'Look:', load: async () => (await import('./verbs/events.ts')).events },
  { name: 'audit', group: 'Look:', load: async () => (await import('./verbs/audit.ts')).audit },
  { name: 'version', group: 'Look:', load: async () => (await import('./verbs/version.ts')).version },
]
