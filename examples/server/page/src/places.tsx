/** Which pages there are, who may see them, and which one an address means. */
import type { ComponentChildren } from "preact"
import { AccountPage } from "./pages/Account.tsx"
import { AccountsPage } from "./pages/Accounts.tsx"
import { OverviewPage } from "./pages/Overview.tsx"
import { TransferPage } from "./pages/Transfer.tsx"
import type { Route } from "./router.ts"
import { t } from "./words/words.ts"

/** A page, or some that belong together: its key is the first part of their addresses. */
export interface Place {
  readonly key: string
  readonly title: () => string
  readonly listed: boolean
  /** What one must be allowed to, to have any use of it. */
  readonly needs: string | undefined
  readonly draw: (route: Route) => ComponentChildren
}

const all: ReadonlyArray<Place> = [
  { key: "", title: () => t("overview.title"), listed: true, needs: undefined, draw: () => <OverviewPage /> },
  {
    key: "accounts",
    title: () => t("accounts.title"),
    listed: true,
    needs: "bank:read",
    draw: (route) => (route.parts[1] === undefined ? <AccountsPage route={route} /> : <AccountPage id={route.parts[1]} />)
  },
  {
    key: "transfer",
    title: () => t("transfer.title"),
    listed: true,
    needs: "bank:transact",
    draw: (route) => <TransferPage from={route.query.get("from") ?? undefined} />
  }
]

/** The pages for whoever may do so much. */
export const placesFor = (may: (permission: string) => boolean): ReadonlyArray<Place> =>
  all.filter(({ needs }) => needs === undefined || may(needs))

/** The page that an address means. */
export const placeOf = (places: ReadonlyArray<Place>, route: Route): Place | undefined =>
  places.find(({ key }) => key === (route.parts[0] ?? ""))
