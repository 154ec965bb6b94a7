/** Something that must not wait for ever. */
export interface Expiring {
  /** On the monotonic time line, in microseconds; 0 means no deadline. */
  deadlineUs: number
  /** Called once the deadline has passed; it moves, clears or ends itself. */
  onDeadline(): void
}

/**
 * Deadlines without a timer each: setting one is an assignment, and one interval looks at all of them.
 * A deadline fires up to one interval late, which is fine for timeouts of seconds.
 */
export class Sweeper {
  readonly #members = new Set<Expiring>()

  add(member: Expiring): void {
    this.#members.add(member)
  }

  delete(member: Expiring): void {
    this.#members.delete(member)
  }

  sweep(nowUs: number): void {
    for (const member of this.#members) {
      if (member.deadlineUs !== 0 && member.deadlineUs <= nowUs) member.onDeadline()
    }
  }
}
