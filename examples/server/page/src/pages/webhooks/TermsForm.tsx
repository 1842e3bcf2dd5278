/** The form for what an address is told. */
import type { Terms } from "../../client/webhooks.ts"
import { ChecksField, TextField } from "../../ui/fields.tsx"
import { Form } from "../../ui/Form.tsx"
import { useForm } from "../../ui/useForm.ts"
import { t } from "../../words/words.ts"
import { w } from "./words.ts"

const domains = ["*", "banking.*", "ledger.*", "lending.*"] as const

interface Values {
  readonly url: string
  readonly description: string
  readonly events: ReadonlyArray<string>
  readonly others: string
}

const isDomain = (event: string): boolean => domains.some((domain) => domain === event)

const valuesOf = ({ description, events, url }: Terms): Values => ({
  url,
  description,
  events: events.filter(isDomain),
  others: events.filter((event) => !isDomain(event)).join(" ")
})

const termsOf = ({ description, events, others, url }: Values): Terms => ({
  url: url.trim(),
  description: description.trim(),
  events: [...events, ...others.split(/[\s,]+/u).filter((event) => event !== "")]
})

interface TermsFormProps<A> {
  readonly initial: Terms
  readonly label: string
  readonly write: (terms: Terms, key: string) => Promise<A>
  readonly done: (answer: A) => void
  readonly onBack?: () => void
}

/** A form for a new webhook or for one that is changed. */
export const TermsForm = <A,>({ done, initial, label, onBack, write }: TermsFormProps<A>) => {
  const form = useForm({
    initial: valuesOf(initial),
    check: (values) => ({
      url: values.url.trim() === "" ? t("error.missing") : undefined,
      events: termsOf(values).events.length === 0 ? w("what.missing") : undefined
    }),
    write: (values, key) => write(termsOf(values), key),
    blames: { "webhook-url-refused": "url" },
    done
  })
  const { description, events, others, url } = form.values
  return (
    <Form
      of={form}
      label={label}
      others={
        onBack === undefined ? null : (
          <button type="button" class="button" onClick={onBack}>
            {t("action.back")}
          </button>
        )
      }
    >
      <TextField
        label={w("url")}
        hint={w("url.hint")}
        value={url}
        onValue={(value) => form.set({ url: value })}
        error={form.errorOf("url")}
        inputMode="url"
        maxLength={2048}
        autocomplete="off"
        spellcheck={false}
      />
      <TextField
        label={w("description")}
        hint={t("optional")}
        value={description}
        onValue={(value) => form.set({ description: value })}
        error={form.errorOf("description")}
        maxLength={200}
        autocomplete="off"
      />
      <ChecksField
        label={w("what")}
        value={events}
        onValue={(value) => form.set({ events: value })}
        error={form.errorOf("events")}
        options={domains.map((domain) => [domain, w(`what.${domain}`)] as const)}
      />
      <TextField
        label={w("others")}
        hint={w("others.hint")}
        value={others}
        onValue={(value) => form.set({ others: value })}
        error={form.errorOf("others")}
        autocomplete="off"
        spellcheck={false}
      />
    </Form>
  )
}
