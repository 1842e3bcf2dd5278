/** What waits for a second person, and that person's decision. */
import { useEffect, useState } from "preact/hooks"
import * as client from "../client/client.ts"
import { showDay, showInstant } from "../format/dates.ts"
import { hrefOf } from "../router.ts"
import { locale } from "../settings.ts"
import { announce } from "../ui/announce.tsx"
import { Facts, Money, More, Page, Section } from "../ui/basics.tsx"
import { TextField } from "../ui/fields.tsx"
import { Await, Empty, Failure } from "../ui/states.tsx"
import { useIntent } from "../ui/useIntent.ts"
import { useLive } from "../ui/useLive.ts"
import { useLoad } from "../ui/useLoad.ts"
import { usePages } from "../ui/usePages.ts"
import { named, t } from "../words/words.ts"

const Decision = ({ onDecide, payment }: { readonly payment: client.Payment; readonly onDecide: () => void }) => {
  const [comment, setComment] = useState("")
  const [choice, setChoice] = useState<boolean>()
  const intent = useIntent<client.Payment>()
  const said = choice === true ? t("approvals.approved") : t("approvals.declined")
  useEffect(() => {
    if (intent.state === "done") announce(said)
  }, [intent.state])
  const decide = (approve: boolean) => {
    // The other answer is another intent.
    if (choice !== approve) intent.renew()
    setChoice(approve)
    onDecide()
    const text = comment.trim()
    const body = { approve, ...(text === "" ? {} : { comment: text }) }
    void intent.send(undefined, (_, key) => client.payments.decide(payment, body, key))
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
          <button type="button" class="button button-main" disabled={sending} onClick={() => decide(true)}>
            {t("approvals.approve")}
          </button>
          <button type="button" class="button" disabled={sending} onClick={() => decide(false)}>
            {t("approvals.decline")}
          </button>
        </div>
      </div>
    </>
  )
}

interface WaitingProps {
  readonly approval: client.Approval
  readonly onDecide: () => void
}

const Waiting = ({ approval, onDecide }: WaitingProps) => {
  const isPayment = approval.subject.type === "payment"
  const load = useLoad(
    async (signal) => (isPayment ? client.payments.find(approval.subject.id, signal) : null),
    [approval.id]
  )
  return (
    <Section title={load.value?.creditor.name ?? (isPayment ? t("payment.title") : t("approvals.plan"))}>
      <Await of={load} lines={3}>
        {(payment) => (
          <>
            {payment === null ? null : (
              <p class="total">
                <Money of={payment.amount} />
              </p>
            )}
            <Facts
              of={[
                ...(payment === null
                  ? []
                  : [
                      [
                        t("payments.to"),
                        <a key="to" href={hrefOf(["payments", payment.id])}>
                          {named("scheme", payment.creditor.account.scheme)} {payment.creditor.account.number}
                        </a>
                      ] as const,
                      [t("payments.on"), showDay(payment.executeOn, locale())] as const
                    ]),
                [t("approvals.by"), approval.requestedBy],
                [t("approvals.until"), showInstant(approval.expiresAt, locale())]
              ]}
            />
            {payment === null ? null : <Decision payment={payment} onDecide={onDecide} />}
          </>
        )}
      </Await>
    </Section>
  )
}

/** What waits for a second person. */
export const ApprovalsPage = () => {
  const { loadingMore, more, moreError, of } = usePages(
    (cursor, signal) => client.payments.approvals({ limit: 10, cursor }, signal),
    []
  )
  // What was decided here stays, and says so, until the page is left.
  const [decided] = useState(() => new Set<string>())
  useLive(({ id, kind }) => kind === "approval" && !decided.has(id), of.reload)
  return (
    <Page title={t("approvals.title")} lead={t("approvals.lead")}>
      <Await of={of}>
        {({ items, next }) =>
          items.length === 0 ? (
            <Empty title={t("approvals.none")} />
          ) : (
            <>
              {items.map((approval) => (
                <Waiting key={approval.id} approval={approval} onDecide={() => decided.add(approval.id)} />
              ))}
              {moreError === undefined ? null : <Failure error={moreError} />}
              <More next={next} loading={loadingMore} onMore={more} />
            </>
          )
        }
      </Await>
    </Page>
  )
}
