/**
 * Streams of changes as a client of the wire sees them.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** An event as it came. */
export interface Told {
  readonly id: string
  readonly data: {
    readonly _tag: string
    readonly reason?: string
    readonly changes?: ReadonlyArray<{ readonly kind: string; readonly id: string; readonly version: number | null }>
  }
}

/** What a stream is asked for with. */
export interface Listener {
  readonly as?: string
  readonly lastId?: string
  readonly seconds?: number
  /** In place of `fetch`. */
  readonly send?: (url: string, init: RequestInit) => Promise<Response>
}

/** An open stream. */
export interface EventStream {
  readonly status: number
  readonly headers: Headers
  readonly events: ReadonlyArray<Told>
  /** The body as it came. */
  readonly text: () => string
  /** Waits until the events are what is asked for, or the stream is over. */
  readonly until: (enough: (events: ReadonlyArray<Told>) => boolean) => Effect.Effect<ReadonlyArray<Told>>
  /** Waits until the stream is over. */
  readonly over: Effect.Effect<ReadonlyArray<Told>>
  readonly close: Effect.Effect<void>
}

const parsed = (block: string): Told => {
  const field = (name: string) =>
    block
      .split("\n")
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2) ?? ""
  return { id: field("id"), data: JSON.parse(field("data")) as Told["data"] }
}

/** Opens a stream and reads what comes, as long as the scope lives. */
export const listenTo = (
  url: string,
  { as, lastId, seconds, send = fetch }: Listener = {}
): Effect.Effect<EventStream, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(async (): Promise<EventStream> => {
      const ending = new AbortController()
      const query = seconds === undefined ? "" : `?seconds=${seconds}`
      const response = await send(`${url}/api/v1/events${query}`, {
        signal: ending.signal,
        headers: {
          ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
          ...(lastId === undefined ? {} : { "last-event-id": lastId })
        }
      })
      const events: Array<Told> = []
      let [text, rest] = ["", ""]
      let wake = Promise.withResolvers<void>()
      const read = async () => {
        const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
        for (;;) {
          const next = await reader?.read()
          if (next === undefined || next.done) return
          text += next.value
          const blocks = (rest + next.value).split("\n\n")
          rest = blocks.pop() ?? ""
          if (response.ok) events.push(...blocks.map(parsed))
          wake.resolve()
          wake = Promise.withResolvers<void>()
        }
      }
      const state = { done: false }
      const over = read()
        .catch((error: unknown) => {
          if (!ending.signal.aborted) throw error
        })
        .finally(() => {
          state.done = true
          wake.resolve()
        })
      const until = async (enough: (events: ReadonlyArray<Told>) => boolean) => {
        while (!enough(events) && !state.done) await wake.promise
        return events
      }
      return {
        status: response.status,
        headers: response.headers,
        events,
        text: () => text,
        until: (enough) => Effect.promise(() => until(enough)),
        over: Effect.promise(() => over.then(() => events)),
        close: Effect.promise(() => {
          ending.abort()
          return over
        })
      }
    }),
    ({ close }) => close
  )

/** The names of what changed, event by event. */
export const changesOf = (events: ReadonlyArray<Told>): ReadonlyArray<ReadonlyArray<string>> =>
  events.flatMap(({ data }) =>
    data.changes === undefined ? [] : [data.changes.map(({ id, kind }) => `${kind} ${id}`)]
  )
