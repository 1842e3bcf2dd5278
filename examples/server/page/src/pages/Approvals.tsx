/** What waits for a second person, and that person's decision. */
import { useEffect, useState } from "preact/hooks"
import * as client from "../client/client.ts"
import * as plans from "../client/plans.ts"
import { showNumber } from "../format/accountNumber.ts"
import { showDay, showInstant } from "../format/dates.ts"
import { hrefOf } from "../router.ts"
import { locale } from "../settings.ts"
import { announce } from "../ui/announce.tsx"
import { Facts, Money, Page, Section } from "../ui/basics.tsx"
import { TextField } from "../ui/fields.tsx"
import { Paged } from "../ui/Paged.tsx"
import { Person } from "../ui/Person.tsx"
import { Await, Empty, Failure } from "../ui/states.tsx"
import { useIntent } from "../ui/useIntent.ts"
import { useLive } from "../ui/useLive.ts"
import { useLoad } from "../ui/useLoad.ts"
import { type Pages, usePages } from "../ui/usePages.ts"
import { named, t } from "../words/words.ts"

type Decide = (body: { readonly approve: boolean; readonly comment?: string }, key: string) => Promise<unknown>

interface DecisionProps {
  readonly decide: Decide
  readonly onDecide: () => void
}

const Decision = ({ decide, onDecide }: DecisionProps) => {
  const [comment, setComment] = useState("")
  const [choice, setChoice] = useState<boolean>()
  const intent = useIntent<unknown>()
  const said = choice === true ? t("approvals.approved") : t("approvals.declined")
  useEffect(() => {
    if (intent.state === "done") announce(said)
  }, [intent.state])
  const choose = (approve: boolean) => {
    // The other answer is another intent.
    if (choice !== approve) intent.renew()
    setChoice(approve)
    const text = comment.trim()
    const body = { approve, ...(text === "" ? {} : { comment: text }) }
    onDecide()
    void intent.send(undefined, (_, key) => decide(body, key))
  }
  if (intent.state === "done") return <p class="notice">{said}</p>
  const sending = intent.state === "sending"
  return (
    <>
      {intent.state === "failed" ? <Failure error={intent.error} /> : null}
      <div class="form">
        <TextField
          label={t("approvals.comment")}
          hint={t("optional")}
          value={comment}
          onValue={setComment}
          maxLength={500}
          autocomplete="off"
        />
        <div class="form-actions">
          <button type="button" class="button button-main" disabled={sending} onClick={() => choose(true)}>
            {t("approvals.approve")}
          </button>
          <button type="button" class="button" disabled={sending} onClick={() => choose(false)}>
            {t("approvals.decline")}
          </button>
        </div>
      </div>
    </>
  )
}

/** What is to be consented to: one payment, or a plan and with it each of its payments. */
interface Asked {
  readonly of: client.Payment | plans.Plan
  readonly href: string
  readonly on: string
  readonly decide: Decide
}

const askedFor = async ({ id, type }: client.Approval["subject"], signal: AbortSignal): Promise<Asked> => {
  if (type === "payment") {
    const payment = await client.payments.find(id, signal)
    return {
      of: payment,
      href: hrefOf(["payments", id]),
      on: payment.executeOn,
      decide: (body, key) => client.payments.decide(payment, body, key)
    }
  }
  const plan = await plans.find(id, signal)
  return {
    of: plan,
    href: hrefOf(["payments", "recurring", id]),
    on: plan.schedule.startOn,
    decide: (body, key) => plans.decide(plan, body, key)
  }
}

interface WaitingProps {
  readonly approval: client.Approval
  readonly onDecide: () => void
}

const Waiting = ({ approval, onDecide }: WaitingProps) => {
  const isPayment = approval.subject.type === "payment"
  const load = useLoad((signal) => askedFor(approval.subject, signal), [approval.id])
  return (
    <Section
      title={load.value?.of.creditor.name ?? (isPayment ? t("payment.title") : t("approvals.plan"))}
      aside={isPayment ? null : <span class="badge">{t("approvals.plan")}</span>}
    >
      <Await of={load} lines={3}>
        {({ decide, href, of: { amount, creditor }, on }) => (
          <>
            <p class="total">
              <Money of={amount} />
            </p>
            <Facts
              of={[
                [
                  t("payments.to"),
                  <a key="to" href={href}>
                    {named("scheme", creditor.account.scheme)} {showNumber(creditor.account)}
                  </a>
                ],
                [isPayment ? t("payments.on") : t("approvals.from"), showDay(on, locale())],
                [t("approvals.by"), <Person key="by" id={approval.requestedBy} />],
                [t("approvals.until"), showInstant(approval.expiresAt, locale())]
              ]}
            />
            <Decision decide={decide} onDecide={onDecide} />
          </>
        )}
      </Await>
    </Section>
  )
}

type Subject = "payment" | "payment-plan"

const useWaiting = (subject: Subject) =>
  usePages((cursor, signal) => client.payments.approvals({ limit: 10, cursor, subject }, signal), [subject])

interface WaitingListProps {
  readonly pages: Pages<client.Approval>
  readonly onDecide: (id: string) => void
}

const WaitingList = ({ onDecide, pages }: WaitingListProps) => (
  <Paged pages={pages}>
    {(items) =>
      items.map((approval) => <Waiting key={approval.id} approval={approval} onDecide={() => onDecide(approval.id)} />)
    }
  </Paged>
)

/** What waits for a second person: payments, and plans of payments. */
export const ApprovalsPage = () => {
  const lists = [useWaiting("payment"), useWaiting("payment-plan")] as const
  // What was decided here stays, and says so, until the page is left.
  const [decided] = useState(() => new Set<string>())
  useLive(
    ({ id, kind }) => kind === "approval" && !decided.has(id),
    () => {
      for (const { of } of lists) of.reload()
    }
  )
  return (
    <Page title={t("approvals.title")} lead={t("approvals.lead")}>
      {lists.every(({ of }) => of.value?.items.length === 0) ? <Empty title={t("approvals.none")} /> : null}
      {lists.map((pages, at) => (
        <WaitingList key={at} pages={pages} onDecide={(id) => decided.add(id)} />
      ))}
    </Page>
  )
}
