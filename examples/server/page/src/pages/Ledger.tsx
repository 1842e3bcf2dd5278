/** The books: every account with its sum, the entries, and the proof that all of it holds. */
import { useMay } from "../access.ts"
import * as client from "../client/client.ts"
import type { MoneyText } from "../client/wire.ts"
import { readDay, showDay, showInstant } from "../format/dates.ts"
import { showCount } from "../format/numbers.ts"
import { hrefOf, narrowTo, type Route } from "../router.ts"
import { locale } from "../settings.ts"
import { Choice, Head, Money, Page, Section, Table } from "../ui/basics.tsx"
import { SelectField, TextField } from "../ui/fields.tsx"
import { Paged } from "../ui/Paged.tsx"
import { Await, Empty } from "../ui/states.tsx"
import { useLoad } from "../ui/useLoad.ts"
import { usePages } from "../ui/usePages.ts"
import { Verification } from "../ui/Verification.tsx"
import { named, t } from "../words/words.ts"

const isNothing = ({ amount }: MoneyText): boolean => !/[1-9]/u.test(amount)

const Side = ({ of }: { readonly of: MoneyText }) => <td class="number">{isNothing(of) ? "" : <Money of={of} />}</td>

const Trial = ({ balance }: { readonly balance: client.TrialBalance }) => (
  <>
    <p class={balance.balanced ? "quiet" : "field-error"}>
      {balance.balanced ? t("ledger.balanced") : t("ledger.unbalanced")}
    </p>
    <Table label={t("ledger.trial")}>
      <thead>
        <tr>
          <Head of="field.account" />
          <Head of="field.type" wide />
          <Head of="field.debit" number />
          <Head of="field.credit" number />
        </tr>
      </thead>
      <tbody>
        {balance.lines.map(({ account, credit, debit }) => (
          <tr key={account.id}>
            <th scope="row">
              <a href={hrefOf(["ledger", "accounts", account.id])}>{account.name}</a>
              <span class="quiet block">{account.code}</span>
            </th>
            <td class="wide">{named("type", account.type)}</td>
            <Side of={debit} />
            <Side of={credit} />
          </tr>
        ))}
      </tbody>
      <tfoot>
        {balance.totals.map(({ credit, currency, debit }) => (
          <tr key={currency}>
            <th scope="row">
              {t("ledger.total")}, {currency}
            </th>
            <td class="wide" />
            <td class="number">
              <Money of={debit} />
            </td>
            <td class="number">
              <Money of={credit} />
            </td>
          </tr>
        ))}
      </tfoot>
    </Table>
  </>
)

const TrialSection = ({ route }: { readonly route: Route }) => {
  const typed = route.query.get("valueOn") ?? ""
  const valueOn = readDay(typed)
  const load = useLoad((signal) => client.ledger.trialBalance({ valueOn }, signal), [valueOn])
  return (
    <Section title={t("ledger.trial")}>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <TextField
          label={t("ledger.value-on")}
          type="date"
          value={typed}
          onValue={(value) => narrowTo(route, { valueOn: value })}
        />
      </form>
      <Await of={load} lines={8}>
        {(balance) => (balance.lines.length === 0 ? <Empty title={t("ledger.none")} /> : <Trial balance={balance} />)}
      </Await>
    </Section>
  )
}

/** What an entry moved: the posted amounts of its debit side, currency by currency. */
const movedBy = ({ lines }: client.Entry): MoneyText | undefined =>
  lines.find(({ posted, side }) => side === "debit" && !isNothing(posted))?.posted ?? lines[0]?.pending

const kinds = ["posted", "held", "captured", "voided", "expired"] as const

const Entries = ({ route }: { readonly route: Route }) => {
  const asked = {
    kind: route.query.get("kind") ?? "",
    code: route.query.get("code") ?? "",
    valueFrom: route.query.get("valueFrom") ?? "",
    valueTo: route.query.get("valueTo") ?? ""
  }
  const set = (change: Partial<typeof asked>) => narrowTo(route, { view: "entries", ...asked, ...change })
  const query = { ...asked, valueFrom: readDay(asked.valueFrom), valueTo: readDay(asked.valueTo), limit: 25 }
  const pages = usePages((cursor, signal) => client.ledger.entries({ ...query, cursor }, signal), [query])
  return (
    <Section title={t("ledger.entries")}>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <SelectField
          label={t("field.type")}
          value={asked.kind}
          onValue={(kind) => set({ kind })}
          options={[["", t("filter.any")], ...kinds.map((kind) => [kind, named("kind", kind)] as const)]}
        />
        <TextField label={t("field.code")} value={asked.code} onValue={(code) => set({ code })} autocomplete="off" />
        <TextField
          label={t("field.from")}
          type="date"
          value={asked.valueFrom}
          onValue={(valueFrom) => set({ valueFrom })}
        />
        <TextField label={t("field.until")} type="date" value={asked.valueTo} onValue={(valueTo) => set({ valueTo })} />
      </form>
      <Paged pages={pages} lines={8} empty={<Empty title={t("ledger.no-entries")} />}>
        {(items) => <EntryTable entries={items} />}
      </Paged>
    </Section>
  )
}

const EntryTable = ({ entries }: { readonly entries: ReadonlyArray<client.Entry> }) => (
  <Table label={t("ledger.entries")}>
    <thead>
      <tr>
        <Head of="field.number" number wide />
        <Head of="field.entry" />
        <Head of="ledger.booked" wide />
        <Head of="field.amount" number />
      </tr>
    </thead>
    <tbody>
      {entries.map((entry) => {
        const moved = movedBy(entry)
        return (
          <tr key={entry.id}>
            <td class="number wide">{showCount(entry.sequence, locale())}</td>
            <th scope="row">
              <a href={hrefOf(["ledger", "entries", entry.id])}>
                {entry.description ?? named("kind", entry.code ?? entry.kind)}
              </a>
              <span class="quiet block">
                {named("kind", entry.kind)} · {t("ledger.value")} {showDay(entry.valueOn, locale())}
              </span>
            </th>
            <td class="nowrap wide">{showInstant(entry.bookedAt, locale())}</td>
            <td class="number">{moved === undefined ? "" : <Money of={moved} />}</td>
          </tr>
        )
      })}
    </tbody>
  </Table>
)

const Verify = () => (
  <Verification
    label={t("ledger.verify")}
    verify={client.ledger.verify}
    draw={({ accounts, blocks, entries, findings, head }) =>
      findings.length === 0 ? (
        <>
          <p>
            {t("ledger.verified", {
              accounts: showCount(accounts, locale()),
              blocks: showCount(blocks, locale()),
              entries: showCount(entries, locale())
            })}
          </p>
          <p class="quiet">
            {t("ledger.head")} <code>{head.hash}</code>
          </p>
        </>
      ) : (
        <div class="failure" role="alert">
          <p class="failure-title">{t("ledger.findings")}</p>
          <ul class="failure-fields">
            {findings.map(({ detail, problem }, index) => (
              <li key={index}>
                <code>{problem}</code> {detail}
              </li>
            ))}
          </ul>
        </div>
      )
    }
  />
)

/** The books. */
export const LedgerPage = ({ route }: { readonly route: Route }) => {
  const may = useMay()
  const view = route.query.get("view") === "entries" ? "entries" : "trial"
  return (
    <Page title={t("ledger.title")} lead={t("ledger.lead")}>
      {may("ledger:read") ? <Verify /> : null}
      <div class="switch">
        <Choice
          label={t("ledger.title")}
          value={view}
          onChange={(to) => narrowTo(route, to === "entries" ? { view: to } : {})}
          options={[
            ["trial", t("ledger.trial")],
            ["entries", t("ledger.entries")]
          ]}
        />
      </div>
      {view === "entries" ? <Entries route={route} /> : <TrialSection route={route} />}
    </Page>
  )
}
