import type * as Clock from "effect/Clock"

/**
 * The emulator's own time. It runs with the host's clock from a settable instant, or stands still when frozen. `wall` is
 * the host's clock itself.
 */
export class VirtualClock {
  readonly #host: Clock.Clock
  #base: number
  #since: number
  #frozen: boolean

  constructor(host: Clock.Clock, start: number, frozen: boolean) {
    this.#host = host
    this.#base = start
    this.#since = host.currentTimeMillisUnsafe()
    this.#frozen = frozen
  }

  /** The host's clock, unix milliseconds. */
  wall(): number {
    return this.#host.currentTimeMillisUnsafe()
  }

  /** The virtual instant, unix milliseconds. */
  now(): number {
    return this.#frozen ? this.#base : this.#base + this.wall() - this.#since
  }

  get frozen(): boolean {
    return this.#frozen
  }

  set(instant: number): void {
    this.#base = instant
    this.#since = this.wall()
  }

  setFrozen(frozen: boolean): void {
    this.set(this.now())
    this.#frozen = frozen
  }
}
