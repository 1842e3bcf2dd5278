/** One webhook: what it is told, how far it has been told, and every attempt. */
import { useEffect, useState } from "preact/hooks"
import * as webhooks from "../../client/webhooks.ts"
import { showExact, showInstant } from "../../format/dates.ts"
import { showSeconds } from "../../format/numbers.ts"
import { locale } from "../../settings.ts"
import { Act } from "../../ui/Act.tsx"
import { announce } from "../../ui/announce.tsx"
import { Facts, Head, Page, Section, Table } from "../../ui/basics.tsx"
import { SelectField } from "../../ui/fields.tsx"
import { Paged } from "../../ui/Paged.tsx"
import { Await, Empty } from "../../ui/states.tsx"
import { useLive } from "../../ui/useLive.ts"
import { useLoad } from "../../ui/useLoad.ts"
import { usePages } from "../../ui/usePages.ts"
import { t } from "../../words/words.ts"
import { eventsText, Outcome, Secret, WebhookState } from "./parts.tsx"
import { TermsForm } from "./TermsForm.tsx"
import { namedWebhook, w } from "./words.ts"

interface PartProps {
  readonly webhook: webhooks.Webhook
  readonly onChanged: () => void
}

const overlaps = ["0", "24", "168"] as const

const Rotation = ({
  onSecret,
  webhook
}: {
  readonly webhook: webhooks.Webhook
  readonly onSecret: (secret: string) => void
}) => {
  const [overlap, setOverlap] = useState<string>("24")
  return (
    <Act
      label={w("rotate")}
      sure={w("rotate.go")}
      calm
      said={w("secret.title")}
      write={(key) => webhooks.rotate(webhook.id, Number(overlap), key)}
      done={({ secret }) => onSecret(secret)}
    >
      <div class="form">
        <SelectField
          label={w("rotate.for")}
          hint={w("rotate.lead")}
          value={overlap}
          onValue={setOverlap}
          options={overlaps.map((hours) => [hours, w(`rotate.${hours}`)] as const)}
        />
      </div>
    </Act>
  )
}

const Standing = ({ webhook }: { readonly webhook: webhooks.Webhook }) => (
  <Facts
    of={[
      [w("events"), eventsText(webhook.events)],
      [w("since"), showInstant(webhook.createdAt, locale())],
      [w("told"), String(webhook.position)],
      ...(webhook.disabledBecause === null
        ? []
        : [[w("state"), namedWebhook("because", webhook.disabledBecause)] as const]),
      ...(webhook.attempts === 0
        ? []
        : [[w("attempts"), String(webhook.attempts)] as const, [w("due"), showExact(webhook.dueAt, locale())] as const])
    ]}
  />
)

const Acts = ({ onChanged, onSecret, webhook }: PartProps & { readonly onSecret: (secret: string) => void }) => {
  const { attempts, id, state } = webhook
  return (
    <div class="acts">
      {state === "active" ? (
        <Act
          key="pause"
          label={w("pause")}
          said={w("pause.done")}
          write={(key) => webhooks.pause(id, key)}
          done={onChanged}
        />
      ) : (
        <Act
          key="resume"
          label={w("resume")}
          said={w("resume.done")}
          write={(key) => webhooks.resume(id, key)}
          done={onChanged}
        />
      )}
      {attempts > 0 ? (
        <Act
          label={w("skip")}
          sure={w("skip.sure")}
          said={w("skip.done")}
          write={(key) => webhooks.skip(id, key)}
          done={onChanged}
        />
      ) : null}
      <Rotation webhook={webhook} onSecret={onSecret} />
      <Act
        label={w("remove")}
        sure={w("remove.sure")}
        said={w("remove.done")}
        write={(key) => webhooks.remove(id, key)}
        done={() => {
          location.hash = "#/webhooks"
        }}
      />
    </div>
  )
}

const About = ({ onChanged, webhook }: PartProps) => {
  const [changing, setChanging] = useState(false)
  const [secret, setSecret] = useState<string>()
  if (secret !== undefined) {
    return (
      <Secret
        secret={secret}
        onKept={() => {
          setSecret(undefined)
          onChanged()
        }}
      />
    )
  }
  if (changing) {
    return (
      <Section title={w("terms")}>
        <TermsForm
          initial={{ url: webhook.url, description: webhook.description, events: webhook.events }}
          label={w("change.go")}
          write={(terms, key) => webhooks.change(webhook, terms, key)}
          done={() => {
            setChanging(false)
            announce(w("change.done"))
            onChanged()
          }}
          onBack={() => setChanging(false)}
        />
      </Section>
    )
  }
  return (
    <Section
      title={w("terms")}
      aside={
        <span class="choices">
          <WebhookState of={webhook.state} />
          <button type="button" class="button" onClick={() => setChanging(true)}>
            {w("change")}
          </button>
        </span>
      }
    >
      <Standing webhook={webhook} />
      <Acts webhook={webhook} onChanged={onChanged} onSecret={setSecret} />
    </Section>
  )
}

const attemptText = ({ attempt }: webhooks.Delivery): string =>
  attempt === 0 ? w("attempt.hand") : w("attempt", { attempt })

const saidBy = ({ status, unreached }: webhooks.Delivery): string =>
  status === null ? (unreached === null ? "–" : namedWebhook("unreached", unreached)) : `HTTP ${status}`

const Row = ({ delivery, onAgain, webhook }: PartRowProps) => (
  <tr>
    <th scope="row">
      <code>{delivery.type}</code>
      <span class="quiet block">
        {attemptText(delivery)}
        <span class="narrow"> · {showExact(delivery.at, locale())}</span>
      </span>
      {delivery.answer === "" ? null : (
        <details>
          <summary>{w("answer")}</summary>
          <code>{delivery.answer}</code>
        </details>
      )}
    </th>
    <td>
      <Outcome of={delivery.outcome} />
      <span class="quiet block">{saidBy(delivery)}</span>
    </td>
    <td class="wide nowrap">{showExact(delivery.at, locale())}</td>
    <td class="wide number">{showSeconds(delivery.durationMs / 1000, locale())}</td>
    <td class="number">
      {delivery.outcome === "pending" ? null : (
        <Act
          label={w("again")}
          said={w("again.done")}
          of={delivery.type}
          write={(key) => webhooks.redeliver(webhook.id, delivery.id, key)}
          done={onAgain}
        />
      )}
    </td>
  </tr>
)

interface PartRowProps {
  readonly webhook: webhooks.Webhook
  readonly delivery: webhooks.Delivery
  readonly onAgain: () => void
}

const Deliveries = ({ onTold, webhook }: { readonly webhook: webhooks.Webhook; readonly onTold: () => void }) => {
  const pages = usePages(
    (cursor, signal) => webhooks.deliveries(webhook.id, { limit: 25, cursor }, signal),
    [webhook.id, webhook.version]
  )
  const { items } = pages.of.value ?? { items: [] }
  const waits = webhook.state === "active" && (items.length === 0 || items.some(({ outcome }) => outcome === "pending"))
  const pause = waits ? 1000 : webhook.state === "active" && webhook.attempts > 0 ? 5000 : undefined
  useEffect(() => {
    if (pause === undefined) return
    // The log is no part of what changes are told of; whoever has just added an address, or asked for more, waits for it.
    const timer = setInterval(() => {
      pages.of.reload()
      onTold()
    }, pause)
    return () => clearInterval(timer)
  }, [pause, pages.of.reload])
  return (
    <Section title={w("deliveries")}>
      <Paged
        pages={pages}
        empty={
          <Empty title={w("deliveries.none")}>
            <p>{w("deliveries.none.lead")}</p>
          </Empty>
        }
      >
        {(shown) => (
          <Table label={w("deliveries")}>
            <thead>
              <tr>
                <Head>{w("event")}</Head>
                <Head>{w("outcome")}</Head>
                <Head wide>{w("when")}</Head>
                <Head wide number>
                  {w("took")}
                </Head>
                <td />
              </tr>
            </thead>
            <tbody>
              {shown.map((delivery) => (
                <Row key={delivery.id} delivery={delivery} webhook={webhook} onAgain={pages.of.reload} />
              ))}
            </tbody>
          </Table>
        )}
      </Paged>
    </Section>
  )
}

/** A webhook. */
export const WebhookPage = ({ id }: { readonly id: string }) => {
  const load = useLoad((signal) => webhooks.find(id, signal), [id])
  useLive(({ id: changed }) => changed === id, load.reload)
  const { value } = load
  return (
    <Page
      title={value === undefined ? t("webhooks.title") : (URL.parse(value.url)?.host ?? value.url)}
      lead={value === undefined ? undefined : value.description === "" ? value.url : value.description}
      back={{ href: "#/webhooks", label: t("webhooks.title") }}
    >
      <Await of={load} lines={6}>
        {(webhook) => (
          <>
            <About webhook={webhook} onChanged={load.reload} />
            <Deliveries webhook={webhook} onTold={load.reload} />
          </>
        )}
      </Await>
    </Page>
  )
}
