/** A collection of the market, watched while it goes on. */
import { useEffect, useRef, useState } from "preact/hooks"
import * as client from "../client/client.ts"
import { NoAnswer } from "../client/problem.ts"
import { showCount } from "../format/numbers.ts"
import { locale } from "../settings.ts"
import { announce } from "../ui/announce.tsx"
import { Failure } from "../ui/states.tsx"
import { freshKey } from "../ui/useIntent.ts"
import { t } from "../words/words.ts"

type Told = Extract<client.Progress, { readonly _tag: "Progress" }>
type Ended = Extract<client.Progress, { readonly _tag: "Done" | "Failed" }>

const count = (value: number) => showCount(value, locale())

const seenOf = ({ counts, total }: Pick<Told, "counts" | "total">): string =>
  total === null
    ? t("market.progress.seen", { seen: count(counts.seen) })
    : t("market.progress.of", { seen: count(counts.seen), total: count(total) })

const Progress = ({ told }: { readonly told: Told | undefined }) => {
  const share =
    told === undefined || told.total === null || told.total === 0 ? undefined : told.counts.seen / told.total
  const percent = share === undefined ? undefined : Math.min(100, Math.round(share * 100))
  return (
    <div>
      <div
        class="progress"
        role="progressbar"
        aria-label={t("market.progress")}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(percent === undefined ? {} : { "aria-valuenow": percent })}
        {...(told === undefined ? {} : { "aria-valuetext": seenOf(told) })}
      >
        <span class="progress-fill" style={{ width: `${percent ?? 0}%` }} />
      </div>
      {told === undefined ? null : (
        <p class="quiet">
          {seenOf(told)} ·{" "}
          {t("market.progress.counts", {
            inserted: count(told.counts.inserted),
            changed: count(told.counts.changed),
            unchanged: count(told.counts.unchanged)
          })}
        </p>
      )}
    </div>
  )
}

const endText = (ended: Ended): string => {
  if (ended._tag === "Failed") return ended.detail
  const { collection } = ended
  const { changed, inserted, seen } = collection.counts
  const done = t("market.done", { seen: count(seen), inserted: count(inserted), changed: count(changed) })
  return collection.complete ? done : `${done} ${t("market.partial", { reason: collection.reason ?? "" })}`
}

/** Begins a collection, shows how far it has come, and can stop it. */
export const Collection = ({ onDone }: { readonly onDone: () => void }) => {
  const [told, setTold] = useState<Told>()
  const [ended, setEnded] = useState<Ended>()
  const [error, setError] = useState<unknown>()
  const [running, setRunning] = useState(false)
  const [stopped, setStopped] = useState(false)
  const ending = useRef<AbortController>(undefined)
  const key = useRef(freshKey())
  useEffect(() => () => ending.current?.abort(), [])

  const follow = (event: client.Progress) => {
    if (event._tag === "Progress") return setTold(event)
    // What has ended has its name for good; the next collection is another one.
    key.current = freshKey()
    setEnded(event)
    announce(endText(event))
  }
  const start = async () => {
    const controller = new AbortController()
    ending.current = controller
    setRunning(true)
    setStopped(false)
    setTold(undefined)
    setEnded(undefined)
    setError(undefined)
    try {
      await client.market.collect({}, { key: key.current, signal: controller.signal }, follow)
      onDone()
    } catch (failure) {
      // Who stops, stops: the server stores the page at hand and no more.
      if (controller.signal.aborted) setStopped(true)
      else setError(failure instanceof TypeError ? new NoAnswer("No answer", { cause: failure }) : failure)
      key.current = freshKey()
    } finally {
      setRunning(false)
    }
  }
  return (
    <div class="collection">
      <div class="form-actions">
        <button type="button" class="button button-main" disabled={running} onClick={() => void start()}>
          {running ? t("market.collecting") : t("market.collect")}
        </button>
        {running ? (
          <button type="button" class="button" onClick={() => ending.current?.abort()}>
            {t("market.stop")}
          </button>
        ) : null}
      </div>
      {running ? <Progress told={told} /> : null}
      {ended === undefined ? null : <p class={ended._tag === "Failed" ? "field-error" : "notice"}>{endText(ended)}</p>}
      {stopped ? <p class="notice">{t("market.stopped")}</p> : null}
      {error === undefined ? null : <Failure error={error} />}
    </div>
  )
}
