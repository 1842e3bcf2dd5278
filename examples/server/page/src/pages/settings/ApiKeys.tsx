/** Keys by which programs act for whoever made them. */
import { useLayoutEffect, useRef, useState } from "preact/hooks"
import { useMe } from "../../access.ts"
import * as self from "../../client/self.ts"
import { showInstant } from "../../format/dates.ts"
import { locale } from "../../settings.ts"
import { Act } from "../../ui/Act.tsx"
import { Head, Section, Table } from "../../ui/basics.tsx"
import { Copy } from "../../ui/Copy.tsx"
import { ChecksField, SelectField, TextField } from "../../ui/fields.tsx"
import { Form } from "../../ui/Form.tsx"
import { Paged } from "../../ui/Paged.tsx"
import { Empty } from "../../ui/states.tsx"
import { useForm } from "../../ui/useForm.ts"
import { usePages } from "../../ui/usePages.ts"
import { permissionText, singlePermissions } from "../../words/permissions.ts"
import { t } from "../../words/words.ts"
import { namedSetting, s } from "./words.ts"

const spans = ["30", "90", "365", "none"] as const

type Span = (typeof spans)[number]

const expiryOf = (span: Span): string | null =>
  span === "none" ? null : new Date(Date.now() + Number(span) * 86_400_000).toISOString()

interface MakeProps {
  readonly onMade: (made: self.MadeKey) => void
  readonly onBack: () => void
}

const Make = ({ onBack, onMade }: MakeProps) => {
  const me = useMe()
  const initial: { readonly name: string; readonly scopes: ReadonlyArray<string>; readonly span: Span } = {
    name: "",
    scopes: [],
    span: "90"
  }
  const form = useForm({
    initial,
    check: ({ name, scopes }) => ({
      name: name.trim() === "" ? t("error.missing") : undefined,
      scopes: scopes.length === 0 ? s("keys.scopes.missing") : undefined
    }),
    write: ({ name, scopes, span }) => self.apiKeys.make({ name: name.trim(), scopes, expiresAt: expiryOf(span) }),
    blames: { "scopes-excessive": "scopes", "api-key-expiry-past": "span" },
    done: onMade
  })
  return (
    <Form
      of={form}
      label={s("keys.go")}
      others={
        <button type="button" class="button" onClick={onBack}>
          {t("action.back")}
        </button>
      }
    >
      <TextField
        label={s("keys.name")}
        hint={s("keys.name.hint")}
        value={form.values.name}
        onValue={(name) => form.set({ name })}
        error={form.errorOf("name")}
        maxLength={100}
        autocomplete="off"
      />
      <ChecksField
        label={s("keys.scopes")}
        hint={s("keys.scopes.hint")}
        value={form.values.scopes}
        onValue={(scopes) => form.set({ scopes })}
        error={form.errorOf("scopes")}
        options={singlePermissions(me.permissions)
          // A key is nobody in person, and has no profile to change.
          .filter((permission) => permission !== "identity:self")
          .map((permission) => [permission, permissionText(permission)] as const)}
      />
      <SelectField
        label={s("keys.expiry")}
        value={form.values.span}
        onValue={(span) => form.set({ span: span as Span })}
        error={form.errorOf("span")}
        options={spans.map((span) => [span, s(`keys.expiry.${span}`)] as const)}
      />
    </Form>
  )
}

const Made = ({ made, onKept }: { readonly made: self.MadeKey; readonly onKept: () => void }) => (
  <>
    <p class="explained">{s("keys.made.lead")}</p>
    <p class="label">{s("keys.key")}</p>
    <Copy label={s("keys.key")} text={made.text} />
    <p class="label">{s("keys.call")}</p>
    <Copy label={s("keys.call")} text={`curl -s ${location.origin}/api/v1/accounts -H 'X-API-Key: ${made.text}'`} />
    <div class="form-actions">
      <button type="button" class="button button-main" onClick={onKept}>
        {s("keys.kept")}
      </button>
    </div>
  </>
)

const stateOf = ({ expiresAt, revokedAt }: self.ApiKey): "valid" | "revoked" | "expired" => {
  if (revokedAt !== null) return "revoked"
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now() ? "expired" : "valid"
}

const Row = ({ apiKey, onRevoked }: { readonly apiKey: self.ApiKey; readonly onRevoked: () => void }) => {
  const state = stateOf(apiKey)
  return (
    <tr>
      <th scope="row">
        {apiKey.name}
        <span class="quiet block">
          <code>{apiKey.prefix}…</code>
        </span>
        <details>
          <summary>{s("keys.scopes")}</summary>
          <ul>
            {apiKey.scopes.map((scope) => (
              <li key={scope}>{permissionText(scope)}</li>
            ))}
          </ul>
        </details>
      </th>
      <td>
        <span class={`state state-${state === "valid" ? "good" : "calm"}`}>{namedSetting("key", state)}</span>
      </td>
      <td class="wide">{apiKey.expiresAt === null ? s("keys.endless") : showInstant(apiKey.expiresAt, locale())}</td>
      <td class="wide">{apiKey.lastUsedAt === null ? s("keys.never") : showInstant(apiKey.lastUsedAt, locale())}</td>
      <td class="number">
        {state === "valid" ? (
          <Act
            label={s("keys.revoke")}
            sure={s("keys.revoke.sure")}
            said={s("keys.revoked")}
            of={apiKey.name}
            write={(key) => self.apiKeys.revoke(apiKey.id, key)}
            done={onRevoked}
          />
        ) : null}
      </td>
    </tr>
  )
}

const List = ({ onMake }: { readonly onMake: () => void }) => {
  const pages = usePages((cursor, signal) => self.apiKeys.list({ limit: 25, cursor }, signal), [])
  const make = (
    <button type="button" class="button button-main" onClick={onMake}>
      {s("keys.make")}
    </button>
  )
  return (
    <Section title={s("tab.keys")} aside={make}>
      <p class="explained">{s("keys.lead")}</p>
      <Paged pages={pages} empty={<Empty title={s("keys.none")} />}>
        {(items) => (
          <Table label={s("tab.keys")}>
            <thead>
              <tr>
                <Head>{s("keys.name")}</Head>
                <Head of="field.state" />
                <Head wide>{s("keys.expires")}</Head>
                <Head wide>{s("keys.used")}</Head>
                <td />
              </tr>
            </thead>
            <tbody>
              {items.map((apiKey) => (
                <Row key={apiKey.id} apiKey={apiKey} onRevoked={pages.of.reload} />
              ))}
            </tbody>
          </Table>
        )}
      </Paged>
    </Section>
  )
}

/** The keys, and making one. */
export const ApiKeysPart = () => {
  const [step, setStep] = useState<"list" | "make" | self.MadeKey>("list")
  const place = useRef<HTMLDivElement>(null)
  const begun = useRef(false)
  useLayoutEffect(() => {
    if (begun.current) place.current?.querySelector<HTMLElement>("input, button")?.focus()
    begun.current = true
  }, [step])
  const back = () => setStep("list")
  return (
    <div ref={place}>
      {step === "list" ? (
        <List onMake={() => setStep("make")} />
      ) : step === "make" ? (
        <Section title={s("keys.new")}>
          <Make onMade={setStep} onBack={back} />
        </Section>
      ) : (
        <Section title={s("keys.made")}>
          <Made made={step} onKept={back} />
        </Section>
      )}
    </div>
  )
}
