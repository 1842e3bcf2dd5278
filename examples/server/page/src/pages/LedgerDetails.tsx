/** One entry with its postings, and one account of the ledger with its lines. */
import * as client from "../client/client.ts"
import { showDay, showExact } from "../format/dates.ts"
import { showCount } from "../format/numbers.ts"
import { hrefOf } from "../router.ts"
import { locale } from "../settings.ts"
import { Facts, Head, Money, Page, Section, Table } from "../ui/basics.tsx"
import { Paged } from "../ui/Paged.tsx"
import { Await, Empty } from "../ui/states.tsx"
import { useLoad } from "../ui/useLoad.ts"
import { usePages } from "../ui/usePages.ts"
import { named, t } from "../words/words.ts"

const Postings = ({ entry }: { readonly entry: client.Entry }) => {
  const ids = [...new Set(entry.lines.map(({ accountId }) => accountId))]
  const names = useLoad(
    async (signal) =>
      new Map(await Promise.all(ids.map(async (id) => [id, (await client.ledger.account(id, signal)).name] as const))),
    [entry.id]
  )
  const pending = entry.lines.some((line) => /[1-9]/u.test(line.pending.amount))
  return (
    <Table label={t("ledger.postings")}>
      <thead>
        <tr>
          <Head of="field.account" />
          <Head of="field.debit" number />
          <Head of="field.credit" number />
          {pending ? <Head of="ledger.pending" number /> : null}
        </tr>
      </thead>
      <tbody>
        {entry.lines.map((line, index) => (
          <tr key={index}>
            <th scope="row">
              <a href={hrefOf(["ledger", "accounts", line.accountId])}>
                {names.value?.get(line.accountId) ?? line.accountId}
              </a>
            </th>
            <td class="number">{line.side === "debit" ? <Money of={line.posted} /> : ""}</td>
            <td class="number">{line.side === "credit" ? <Money of={line.posted} /> : ""}</td>
            {pending ? (
              <td class="number">
                <Money of={line.pending} />
              </td>
            ) : null}
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

/** One entry. */
export const EntryPage = ({ id }: { readonly id: string }) => {
  const load = useLoad((signal) => client.ledger.entry(id, signal), [id])
  const entry = load.value
  return (
    <Page
      title={entry === undefined ? t("field.entry") : `${t("field.entry")} ${showCount(entry.sequence, locale())}`}
      lead={entry?.description ?? undefined}
      back={{ href: hrefOf(["ledger"], { view: "entries" }), label: t("ledger.entries") }}
    >
      <Await of={load}>
        {(found) => (
          <>
            <Facts
              of={[
                [t("field.type"), named("kind", found.kind)],
                [t("field.code"), found.code ?? "–"],
                [t("ledger.booked"), showExact(found.bookedAt, locale())],
                [t("ledger.value"), showDay(found.valueOn, locale())],
                ...(found.reverses === null
                  ? []
                  : [
                      [
                        t("ledger.reverses"),
                        <a key="reverses" href={hrefOf(["ledger", "entries", found.reverses])}>
                          {found.reverses}
                        </a>
                      ] as const
                    ]),
                ...(found.holdId === null ? [] : [[t("ledger.hold"), <code key="hold">{found.holdId}</code>] as const]),
                [t("account.number"), <code key="id">{found.id}</code>]
              ]}
            />
            <Section title={t("ledger.postings")}>
              <Postings entry={found} />
            </Section>
          </>
        )}
      </Await>
    </Page>
  )
}

const Lines = ({ id }: { readonly id: string }) => {
  const pages = usePages((cursor, signal) => client.ledger.lines(id, { cursor, limit: 25 }, signal), [id])
  return (
    <Paged pages={pages} lines={6} empty={<Empty title={t("ledger.no-entries")} />}>
      {(items) => (
        <Table label={t("ledger.lines")}>
          <thead>
            <tr>
              <Head of="field.entry" />
              <Head of="ledger.value" />
              <Head of="field.debit" number />
              <Head of="field.credit" number />
            </tr>
          </thead>
          <tbody>
            {items.map((line, index) => (
              <tr key={index}>
                <th scope="row">
                  <a href={hrefOf(["ledger", "entries", line.entryId])}>
                    {line.description ?? named("kind", line.code ?? line.kind)}
                  </a>
                  <span class="quiet block">{named("kind", line.kind)}</span>
                </th>
                <td class="nowrap">{showDay(line.valueOn, locale())}</td>
                <td class="number">{line.side === "debit" ? <Money of={line.posted} /> : ""}</td>
                <td class="number">{line.side === "credit" ? <Money of={line.posted} /> : ""}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Paged>
  )
}

/** One account of the ledger. */
export const LedgerAccountPage = ({ id }: { readonly id: string }) => {
  const load = useLoad((signal) => client.ledger.balance(id, signal), [id])
  const account = load.value?.account
  return (
    <Page
      title={account?.name ?? t("field.account")}
      lead={account?.code}
      back={{ href: "#/ledger", label: t("ledger.title") }}
    >
      <Await of={load}>
        {({ account: found, available, balance }) => (
          <>
            <p class="total">
              <Money of={balance} />
            </p>
            <Facts
              of={[
                [t("field.type"), named("type", found.type)],
                [t("field.available"), available === null ? "–" : <Money key="available" of={available} />],
                [t("ledger.normal"), showCount(found.version, locale())],
                [t("account.opened"), showExact(found.openedAt, locale())]
              ]}
            />
          </>
        )}
      </Await>
      <Section title={t("ledger.lines")}>
        <Lines id={id} />
      </Section>
    </Page>
  )
}
