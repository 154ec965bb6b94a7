import type { Found } from '../find-command.ts'
import { topicEntries } from '../topics.ts'
import type { HelpLook } from './help.ts'
import { renderCommandHelp, renderOverview, renderTopicHelp } from './help.ts'

/** The page for what was named, as one text. */
export async function renderHelp({ topic, command }: Found, look: HelpLook): Promise<string> {
  if (command !== undefined) return renderCommandHelp(command, look)
  if (topic !== undefined) return renderTopicHelp(topic, look)
  const topics = await Promise.all(topicEntries.map(async (entry) => [entry.group, await entry.load()] as const))
  return renderOverview(topics, look)
}
