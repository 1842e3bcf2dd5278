/** Who outside is told of what happens. */
import { useState } from "preact/hooks"
import * as webhooks from "../../client/webhooks.ts"
import { hrefOf, type Route } from "../../router.ts"
import { Head, Page, Section, Table } from "../../ui/basics.tsx"
import { Paged } from "../../ui/Paged.tsx"
import { Empty } from "../../ui/states.tsx"
import { useLive } from "../../ui/useLive.ts"
import { usePages } from "../../ui/usePages.ts"
import { t } from "../../words/words.ts"
import { eventsText, Secret, WebhookState } from "./parts.tsx"
import { TermsForm } from "./TermsForm.tsx"
import { WebhookPage } from "./Webhook.tsx"
import { w } from "./words.ts"

const AddButton = () => (
  <a class="button button-main" href="#/webhooks/new">
    {w("add")}
  </a>
)

const List = () => {
  const pages = usePages((cursor, signal) => webhooks.list({ limit: 50, cursor }, signal), [])
  useLive(({ kind }) => kind === "webhook", pages.of.reload)
  return (
    <Page title={t("webhooks.title")} lead={w("lead")} actions={<AddButton />}>
      <Paged
        pages={pages}
        lines={4}
        empty={
          <Empty title={w("none")}>
            <p>{w("none.lead")}</p>
          </Empty>
        }
      >
        {(items) => (
          <Table label={t("webhooks.title")}>
            <thead>
              <tr>
                <Head>{w("address")}</Head>
                <Head wide>{w("events")}</Head>
                <Head>{w("state")}</Head>
              </tr>
            </thead>
            <tbody>
              {items.map((webhook) => (
                <tr key={webhook.id}>
                  <th scope="row">
                    <a href={hrefOf(["webhooks", webhook.id])}>{webhook.url}</a>
                    {webhook.description === "" ? null : <span class="quiet block">{webhook.description}</span>}
                  </th>
                  <td class="wide">{eventsText(webhook.events)}</td>
                  <td>
                    <WebhookState of={webhook.state} />
                  </td>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
      </Paged>
    </Page>
  )
}

const Add = () => {
  const [made, setMade] = useState<webhooks.WithSecret>()
  return (
    <Page title={w("add.title")} back={{ href: "#/webhooks", label: t("webhooks.title") }}>
      {made === undefined ? (
        <Section title={w("terms")}>
          <TermsForm
            initial={{ url: "", description: "", events: [] }}
            label={w("add.go")}
            write={webhooks.register}
            done={setMade}
          />
        </Section>
      ) : (
        <Secret
          secret={made.secret}
          onKept={() => {
            location.hash = hrefOf(["webhooks", made.webhook.id])
          }}
        />
      )}
    </Page>
  )
}

/** The webhooks, one of them, or a new one. */
export const WebhooksPage = ({ route }: { readonly route: Route }) => {
  const [, id] = route.parts
  if (id === undefined) return <List />
  return id === "new" ? <Add /> : <WebhookPage key={id} id={id} />
}
