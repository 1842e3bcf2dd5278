/** A list that comes page by page, and grows as the reader asks for more. */
import { useEffect, useRef, useState } from "preact/hooks"
import { type Load, useLoad } from "./useLoad.ts"

interface PageOf<A> {
  readonly items: ReadonlyArray<A>
  readonly next: string | null
}

/** The items so far, and how to get more. */
export interface Pages<A> {
  readonly of: Load<PageOf<A>>
  readonly more: () => void
  readonly loadingMore: boolean
  readonly moreError: unknown
}

/** Loads a list from its first page on; it begins anew whenever what it depends on changes. */
export const usePages = <A>(
  load: (cursor: string | undefined, signal?: AbortSignal) => Promise<PageOf<A>>,
  depends: ReadonlyArray<unknown>
): Pages<A> => {
  const first = useLoad((signal) => load(undefined, signal), depends)
  const [added, setAdded] = useState<PageOf<A> | undefined>()
  const [loadingMore, setLoading] = useState(false)
  const [moreError, setError] = useState<unknown>()
  const shown = useRef(first.value)
  useEffect(() => {
    shown.current = first.value
    setAdded(undefined)
    setError(undefined)
  }, [first.value])
  const value =
    first.value === undefined || added === undefined
      ? first.value
      : { items: [...first.value.items, ...added.items], next: added.next }
  const more = async () => {
    const from = first.value
    if (value?.next === undefined || value.next === null || loadingMore) return
    setLoading(true)
    try {
      const page = await load(value.next)
      // What the reader narrowed the list to in the meantime is not to be mixed with what it was.
      if (shown.current === from) {
        setAdded((before) => ({ items: [...(before?.items ?? []), ...page.items], next: page.next }))
        setError(undefined)
      }
    } catch (error) {
      setError(error)
    } finally {
      setLoading(false)
    }
  }
  return { of: { ...first, value }, more: () => void more(), loadingMore, moreError }
}
