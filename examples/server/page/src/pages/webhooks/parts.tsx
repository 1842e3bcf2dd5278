/** What the pages about webhooks have in common. */
import type { Delivery, Webhook } from "../../client/webhooks.ts"
import { Section } from "../../ui/basics.tsx"
import { Copy } from "../../ui/Copy.tsx"
import { namedWebhook, w } from "./words.ts"

const tones = { active: "good", paused: "wait", disabled: "bad" } as const
const outcomes = { pending: "wait", delivered: "good", failed: "bad", skipped: "calm" } as const

/** The state of a webhook as a word with a mark. */
export const WebhookState = ({ of }: { readonly of: Webhook["state"] }) => (
  <span class={`state state-${tones[of]}`}>{namedWebhook("webhook", of)}</span>
)

/** What came of a delivery, as a word with a mark. */
export const Outcome = ({ of }: { readonly of: Delivery["outcome"] }) => (
  <span class={`state state-${outcomes[of]}`}>{namedWebhook("delivery", of)}</span>
)

/** What an address is told of, in words where there are some. */
export const eventsText = (events: ReadonlyArray<string>): string =>
  events.map((event) => namedWebhook("what", event)).join(", ")

/** A secret that is shown once. */
export const Secret = ({ onKept, secret }: { readonly secret: string; readonly onKept: () => void }) => (
  <Section title={w("secret.title")}>
    <p class="explained">{w("secret.lead")}</p>
    <Copy label={w("secret.label")} text={secret} />
    <div class="form-actions">
      <button type="button" class="button button-main" onClick={onKept}>
        {w("secret.kept")}
      </button>
    </div>
  </Section>
)
