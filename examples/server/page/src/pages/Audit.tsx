/** The trail: who did what, for whom, what it changed, and the proof that nobody has touched it since. */
import * as client from "../client/client.ts"
import { readDay, showExact } from "../format/dates.ts"
import * as LocalDate from "saldo/time/LocalDate"
import { showCount } from "../format/numbers.ts"
import { narrowTo, type Route } from "../router.ts"
import { locale } from "../settings.ts"
import { Head, Page, State, Table } from "../ui/basics.tsx"
import { SelectField, TextField } from "../ui/fields.tsx"
import { Paged } from "../ui/Paged.tsx"
import { Empty } from "../ui/states.tsx"
import { usePages } from "../ui/usePages.ts"
import { Verification } from "../ui/Verification.tsx"
import { t, tn } from "../words/words.ts"

type Side = client.AuditRecord["changes"][number]["before"]

const sideText = (side: Side): string => {
  switch (side._tag) {
    case "Absent":
      return t("audit.absent")
    case "Masked":
      return t("audit.masked")
    case "Secret":
      return t("audit.secret")
    case "Personal":
      return side.disclosure === null ? t("audit.erased") : JSON.stringify(side.disclosure.value)
    case "Plain":
      return JSON.stringify(side.value)
  }
}

const Changes = ({ record }: { readonly record: client.AuditRecord }) =>
  record.changes.length === 0 ? null : (
    <details>
      <summary>{tn("audit.changes.count", record.changes.length)}</summary>
      <ul class="changes">
        {record.changes.map(({ after, before, path }, index) => (
          <li key={index}>
            <code>{path}</code>: <span class="unseen">{t("audit.before")} </span>
            {sideText(before)} <span aria-hidden="true">→</span>
            <span class="unseen"> {t("audit.after")}</span> {sideText(after)}
          </li>
        ))}
      </ul>
    </details>
  )

const Records = ({ records }: { readonly records: ReadonlyArray<client.AuditRecord> }) => (
  <Table label={t("audit.title")}>
    <thead>
      <tr>
        <Head of="field.time" wide />
        <Head of="audit.action" />
        <Head of="audit.actor" wide />
        <Head of="audit.outcome" />
      </tr>
    </thead>
    <tbody>
      {records.map((record) => (
        <tr key={record.id}>
          <td class="nowrap wide">{showExact(record.recordedAt, locale())}</td>
          <th scope="row">
            {record.action}
            <span class="quiet block">
              <span class="narrow">{showExact(record.recordedAt, locale())} · </span>
              {record.subject.type} {record.subject.id}
            </span>
            <Changes record={record} />
          </th>
          <td class="wide">
            {record.actor.id}
            <span class="quiet block">{record.actor.kind}</span>
          </td>
          <td>
            <State domain="outcome" of={record.outcome} />
            {record.reason === null ? null : <span class="quiet block">{record.reason}</span>}
          </td>
        </tr>
      ))}
    </tbody>
  </Table>
)

const Verify = () => (
  <Verification
    label={t("audit.verify")}
    verify={client.audit.verify}
    draw={(verdict) =>
      verdict._tag === "Intact" ? (
        <>
          <p>
            {t("audit.intact", {
              records: showCount(verdict.records, locale()),
              waiting: showCount(verdict.waiting, locale())
            })}
          </p>
          <p class="quiet">
            {t("ledger.head")} <code>{verdict.head.hash}</code>
          </p>
        </>
      ) : (
        <div class="failure" role="alert">
          <p class="failure-title">{t("audit.broken")}</p>
          <p>
            <code>{verdict.problem}</code> {verdict.detail}
          </p>
        </div>
      )
    }
  />
)

const names = ["kind", "action", "actorId", "outcome", "subjectType", "subjectId", "from", "until"] as const
type Asked = Record<(typeof names)[number], string>

/** The beginning of a day in the reader's time zone, as an instant. */
const midnight = (day: LocalDate.LocalDate): string => new Date(`${day}T00:00:00`).toISOString()

const queryOf = ({ from, until, ...same }: Asked) => {
  const [first, last] = [readDay(from), readDay(until)]
  return {
    ...same,
    from: first === undefined ? undefined : midnight(first),
    until: last === undefined ? undefined : midnight(LocalDate.addDays(last, 1))
  }
}

const Filters = ({ asked, onAsk }: { readonly asked: Asked; readonly onAsk: (change: Partial<Asked>) => void }) => (
  <form class="filters" onSubmit={(event) => event.preventDefault()}>
    <TextField
      label={t("audit.action")}
      hint={t("audit.action.hint")}
      value={asked.action}
      onValue={(action) => onAsk({ action })}
      autocomplete="off"
      spellcheck={false}
    />
    <TextField
      label={t("audit.actor")}
      value={asked.actorId}
      onValue={(actorId) => onAsk({ actorId })}
      autocomplete="off"
      spellcheck={false}
    />
    <SelectField
      label={t("audit.kind")}
      value={asked.kind}
      onValue={(kind) => onAsk({ kind })}
      options={[
        ["", t("filter.any")],
        ["action", t("audit-kind.action")],
        ["security", t("audit-kind.security")]
      ]}
    />
    <SelectField
      label={t("audit.outcome")}
      value={asked.outcome}
      onValue={(outcome) => onAsk({ outcome })}
      options={[
        ["", t("filter.any")],
        ["succeeded", t("outcome.succeeded")],
        ["refused", t("outcome.refused")]
      ]}
    />
    <TextField label={t("field.from")} type="date" value={asked.from} onValue={(from) => onAsk({ from })} />
    <TextField label={t("field.until")} type="date" value={asked.until} onValue={(until) => onAsk({ until })} />
  </form>
)

/** The trail of what was done. */
export const AuditPage = ({ route }: { readonly route: Route }) => {
  const asked = Object.fromEntries(names.map((name) => [name, route.query.get(name) ?? ""])) as Asked
  const query = queryOf(asked)
  const pages = usePages((cursor, signal) => client.audit.query({ ...query, limit: 30, cursor }, signal), [query])
  return (
    <Page title={t("audit.title")} lead={t("audit.lead")}>
      <Verify />
      <Filters asked={asked} onAsk={(change) => narrowTo(route, { ...asked, ...change })} />
      <Paged pages={pages} lines={8} empty={<Empty title={t("audit.none")} />}>
        {(items) => <Records records={items} />}
      </Paged>
    </Page>
  )
}
