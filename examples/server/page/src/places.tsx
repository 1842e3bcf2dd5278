/** Which pages there are, who may see them, and which one an address means. */
import type { ComponentChildren, FunctionComponent } from "preact"
import { AccountPage } from "./pages/Account.tsx"
import { AccountsPage } from "./pages/Accounts.tsx"
import { ApprovalsPage } from "./pages/Approvals.tsx"
import { AuditPage } from "./pages/Audit.tsx"
import type * as Later from "./pages/later.ts"
import { LedgerPage } from "./pages/Ledger.tsx"
import { EntryPage, LedgerAccountPage } from "./pages/LedgerDetails.tsx"
import { ListingPage } from "./pages/Listing.tsx"
import { MarketPage } from "./pages/Market.tsx"
import { NewPaymentPage } from "./pages/NewPayment.tsx"
import { OverviewPage } from "./pages/Overview.tsx"
import { PaymentPage, PaymentsPage } from "./pages/Payments.tsx"
import { SystemPage } from "./pages/System.tsx"
import { TransferPage } from "./pages/Transfer.tsx"
import type { Route } from "./router.ts"
import { Page } from "./ui/basics.tsx"
import { lazy } from "./ui/lazy.tsx"
import { t, type Word } from "./words/words.ts"

/** A page of those that come when one of them is asked for. */
const later = <Props extends object>(
  title: Word,
  pick: (pages: typeof Later) => FunctionComponent<Props>
): FunctionComponent<Props> =>
  lazy(
    (inside) => <Page title={t(title)}>{inside}</Page>,
    async () => pick(await import("./pages/later.ts"))
  )

const SettingsPage = later("settings.title", ({ SettingsPage }) => SettingsPage)
const UsersPage = later("users.title", ({ UsersPage }) => UsersPage)
const WebhooksPage = later("webhooks.title", ({ WebhooksPage }) => WebhooksPage)
const PlansPage = later("plans.title", ({ PlansPage }) => PlansPage)
const PayeesPage = later("payees.title", ({ PayeesPage }) => PayeesPage)

/** A page, or some that belong together: its key is the first part of their addresses. */
export interface Place {
  readonly key: string
  readonly title: () => string
  readonly listed: boolean
  /** What one must be allowed to have any use of it. */
  readonly needs: string | undefined
  readonly draw: (route: Route) => ComponentChildren
}

const drawPayments = (route: Route) => {
  const [, id] = route.parts
  if (id === undefined) return <PaymentsPage route={route} />
  if (id === "recurring") return <PlansPage route={route} />
  if (id === "receivers") return <PayeesPage />
  return id === "new" ? <NewPaymentPage /> : <PaymentPage id={id} />
}

const drawMarket = (route: Route) => {
  const [, platform, loanId] = route.parts
  return platform === undefined || loanId === undefined ? (
    <MarketPage route={route} />
  ) : (
    <ListingPage platform={platform} loanId={loanId} />
  )
}

const drawLedger = (route: Route) => {
  const [, kind, id] = route.parts
  if (kind === "entries" && id !== undefined) return <EntryPage id={id} />
  return kind === "accounts" && id !== undefined ? <LedgerAccountPage id={id} /> : <LedgerPage route={route} />
}

const all: ReadonlyArray<Place> = [
  { key: "", title: () => t("overview.title"), listed: true, needs: undefined, draw: () => <OverviewPage /> },
  {
    key: "accounts",
    title: () => t("accounts.title"),
    listed: true,
    needs: "bank:read",
    draw: (route) =>
      route.parts[1] === undefined ? <AccountsPage route={route} /> : <AccountPage id={route.parts[1]} />
  },
  {
    key: "transfer",
    title: () => t("transfer.title"),
    listed: true,
    needs: "bank:transact",
    draw: (route) => <TransferPage from={route.query.get("from") ?? undefined} />
  },
  { key: "payments", title: () => t("payments.title"), listed: true, needs: "bank:read", draw: drawPayments },
  {
    key: "approvals",
    title: () => t("approvals.title"),
    listed: true,
    needs: "bank:approve",
    draw: () => <ApprovalsPage />
  },
  { key: "market", title: () => t("market.title"), listed: true, needs: "lending:read", draw: drawMarket },
  { key: "ledger", title: () => t("ledger.title"), listed: true, needs: "ledger:read", draw: drawLedger },
  {
    key: "audit",
    title: () => t("audit.title"),
    listed: true,
    needs: "audit:read",
    draw: (route) => <AuditPage route={route} />
  },
  {
    key: "users",
    title: () => t("users.title"),
    listed: true,
    needs: "identity:manage",
    draw: (route) => <UsersPage route={route} />
  },
  {
    key: "webhooks",
    title: () => t("webhooks.title"),
    listed: true,
    needs: "webhooks:manage",
    draw: (route) => <WebhooksPage route={route} />
  },
  {
    key: "settings",
    title: () => t("settings.title"),
    listed: false,
    needs: "identity:self",
    draw: (route) => <SettingsPage route={route} />
  },
  { key: "system", title: () => t("system.title"), listed: true, needs: undefined, draw: () => <SystemPage /> }
]

/** The pages for whoever may do so much. */
export const placesFor = (may: (permission: string) => boolean): ReadonlyArray<Place> =>
  all.filter(({ needs }) => needs === undefined || may(needs))

/** The page that an address means. */
export const placeOf = (places: ReadonlyArray<Place>, route: Route): Place | undefined =>
  places.find(({ key }) => key === (route.parts[0] ?? ""))
