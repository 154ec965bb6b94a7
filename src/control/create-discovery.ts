import type { Clock } from '../kit/clock.ts'
import { parseBind } from '../kit/field/bind.ts'
import { Resolver } from '../outbound/resolver.ts'
import type { Applier } from './apply.ts'
import { Discovery } from './discovery.ts'
import type { EventLog } from './event-log.ts'
import type { LastAnswers } from './last-answers.ts'
import type { ListenerStatus, Listeners } from './listeners.ts'
import { Obstacles } from './obstacles.ts'
import type { OwnListener } from './obstacles.ts'

export interface DiscoverySurroundings {
  readonly clock: Clock
  readonly lastAnswers: LastAnswers
  /** They know of the discovery themselves, and are there when it is first asked. */
  readonly applier: () => Applier
  readonly listeners: () => Listeners
  readonly events: () => EventLog
}

/** A discovery that follows the settings in force, and hands what it finds to the applier. */
export function createDiscovery({ clock, lastAnswers, applier, listeners, events }: DiscoverySurroundings): Discovery {
  const settings = () => applier().global
  return new Discovery({
    clock,
    resolver: new Resolver({ clock, servers: () => settings().dnsServers.flatMap((text) => parseBind(text) ?? []) }),
    obstacles: new Obstacles({
      global: settings,
      listeners: () => [...settings().listeners, ...listeners().status().flatMap(findChosenPort)],
    }),
    lastAnswers,
    mayExec: () => settings().allowExec,
    tell: (event) => events().note(event),
    onMove: (tenantIds) => applier().refresh(tenantIds),
    onJudgeAnew: () => applier().refresh(),
  })
}

/** Of a listener whose port the configuration leaves to the kernel. */
function findChosenPort({ name, bind, port }: ListenerStatus): readonly OwnListener[] {
  const { address, port: configured } = parseBind(bind) ?? { address: '', port: -1 }
  return configured === 0 ? [{ name, address, port }] : []
}
