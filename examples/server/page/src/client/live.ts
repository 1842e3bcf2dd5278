/**
 * Hears from the server what changes while the page is looked at. Of the tabs of a browser one listens and tells the others,
 * as a browser has few connections to one place.
 */
import type { LiveEvent } from "@saldo/http/api/EventsApi"
import { readEvents } from "./events.ts"
import { pauseAfter } from "./pauses.ts"
import { Problem, SignedOut } from "./problem.ts"
import { respond } from "./request.ts"
import { onSession } from "./session.ts"
import type { Wire } from "./wire.ts"

/** What is told on the stream. */
export type Told = Wire<LiveEvent>

/** Something that changed. */
export type Changed = Extract<Told, { readonly _tag: "Changed" }>["changes"][number]

const place = "saldo.events"
const listeners = new Set<(told: Told) => void>()
let listening: AbortController | undefined

/** Waits, but no longer than until there is a connection again. */
const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      removeEventListener("online", done)
      signal.removeEventListener("abort", done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    addEventListener("online", done)
    signal.addEventListener("abort", done)
  })

/** Hears one stream to its end, and gives the id behind which the next one goes on. */
const hear = async (from: string | undefined, signal: AbortSignal, tell: (told: Told) => void) => {
  let last = from
  const response = await respond("GET", "/api/v1/events", { signal, lastEvent: from })
  try {
    await readEvents(response, (event, id) => {
      last = id
      tell(event as Told)
    })
  } catch (error) {
    // The connection broke; whatever came before it did came.
    if (signal.aborted || !(error instanceof TypeError)) throw error
  }
  return last
}

const follow = async (signal: AbortSignal, tell: (told: Told) => void): Promise<void> => {
  let [last, failures, missed]: [string | undefined, number, boolean] = [undefined, 0, false]
  const hearing = (told: Told) => {
    failures = 0
    if (told._tag === "Ready" && missed) tell({ _tag: "Missed", at: told.at })
    missed = false
    if (told._tag === "Changed" || told._tag === "Missed") tell(told)
  }
  while (!signal.aborted) {
    try {
      last = await hear(last, signal, hearing)
    } catch (error) {
      if (signal.aborted || error instanceof SignedOut) return
      // Whoever may see nothing of what is told has nothing to wait for.
      if (error instanceof Problem && error.status === 403) return
      if (error instanceof Problem && error.status === 400) last = undefined
      missed ||= last === undefined
    }
    await pause(pauseAfter(failures, Math.random()), signal)
    failures += 1
  }
}

/** Only pages from a secure origin have locks; elsewhere each tab listens for itself. */
const alone = async (signal: AbortSignal, work: () => Promise<void>): Promise<void> => {
  if (!("locks" in navigator)) return work()
  try {
    await navigator.locks.request(place, { signal }, work)
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

const begin = (): void => {
  const ending = new AbortController()
  listening = ending
  const others = new BroadcastChannel(place)
  const here = (told: Told) => listeners.forEach((listener) => listener(told))
  others.addEventListener("message", ({ data }) => here(data as Told))
  ending.signal.addEventListener("abort", () => others.close())
  void alone(ending.signal, () =>
    follow(ending.signal, (told) => {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel reaches its own origin alone
      others.postMessage(told)
      here(told)
    })
  )
}

onSession((signedIn) => {
  listening?.abort()
  listening = undefined
  if (signedIn && listeners.size > 0) begin()
})

/** Tells a listener what changes, from now on; gives what ends the telling. */
export const onTold = (listener: (told: Told) => void): (() => void) => {
  listeners.add(listener)
  if (listening === undefined) begin()
  return () => listeners.delete(listener)
}
