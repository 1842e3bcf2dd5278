/** A list that comes page by page, as a reader sees it. */
import type { ComponentChildren } from "preact"
import { More } from "./basics.tsx"
import { Await, Failure } from "./states.tsx"
import type { Pages } from "./usePages.ts"

interface PagedProps<A> {
  readonly pages: Pages<A>
  /** What stands in place of a list without items; the list itself when left out. */
  readonly empty?: ComponentChildren
  /** How many grey lines stand where the list will be. */
  readonly lines?: number
  readonly children: (items: ReadonlyArray<A>) => ComponentChildren
}

/** The items so far, what stands in place of none, and a way to more. */
export const Paged = <A,>({ children, empty, lines, pages: { loadingMore, more, moreError, of } }: PagedProps<A>) => (
  <Await of={of} {...(lines === undefined ? {} : { lines })}>
    {({ items, next }) =>
      items.length === 0 && empty !== undefined ? (
        empty
      ) : (
        <>
          {children(items)}
          {moreError === undefined ? null : <Failure error={moreError} />}
          <More next={next} loading={loadingMore} onMore={more} />
        </>
      )
    }
  </Await>
)
