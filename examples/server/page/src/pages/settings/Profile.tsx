/** What somebody is called, in which language it is written to, and leaving for good. */
import { useState } from "preact/hooks"
import { useMe, useRenewMe } from "../../access.ts"
import * as self from "../../client/self.ts"
import { showInstant } from "../../format/dates.ts"
import { locale } from "../../settings.ts"
import { announce } from "../../ui/announce.tsx"
import { Facts, Section } from "../../ui/basics.tsx"
import { SelectField, TextField } from "../../ui/fields.tsx"
import { Form } from "../../ui/Form.tsx"
import { leave } from "../../ui/leave.ts"
import { noProof, ProofFields, proofFaults, proofOf } from "../../ui/Proof.tsx"
import { useForm } from "../../ui/useForm.ts"
import { named, t } from "../../words/words.ts"
import { s } from "./words.ts"

const Profile = () => {
  const me = useMe()
  const renew = useRenewMe()
  const [saved, setSaved] = useState(false)
  const form = useForm({
    initial: { name: me.name ?? "", locale: me.locale },
    check: ({ name }) => ({ name: name.trim() === "" ? t("error.missing") : undefined }),
    write: ({ locale: language, name }, key) => self.changeProfile({ name: name.trim(), locale: language }, key),
    done: () => {
      setSaved(true)
      announce(s("saved"))
      renew()
    }
  })
  const set: typeof form.set = (change) => {
    setSaved(false)
    form.set(change)
  }
  const languages = [
    ["en", "English"],
    ["sv", "Svenska"]
  ] as const
  const known = languages.some(([tag]) => tag === me.locale)
  return (
    <Section title={s("profile.title")}>
      <Facts
        of={[
          [s("profile.email"), me.email ?? "–"],
          [s("profile.roles"), me.roles.map((role) => named("role", role)).join(", ") || "–"],
          [s("profile.since"), showInstant(me.createdAt, locale())]
        ]}
      />
      <Form of={form} label={saved ? s("saved") : s("save")}>
        <TextField
          label={s("profile.name")}
          value={form.values.name}
          onValue={(name) => set({ name })}
          error={form.errorOf("name")}
          autocomplete="name"
          maxLength={200}
          required
        />
        <SelectField
          label={s("profile.locale")}
          value={form.values.locale}
          onValue={(tag) => set({ locale: tag })}
          error={form.errorOf("locale")}
          options={known ? languages : [...languages, [me.locale, me.locale] as const]}
        />
      </Form>
    </Section>
  )
}

const Deletion = () => {
  const me = useMe()
  const [begun, setBegun] = useState(false)
  const form = useForm({
    initial: noProof,
    check: (values) => proofFaults(values, me.hasSecondFactor),
    write: (values) => self.deleteMe(proofOf(values)),
    blames: { "credentials-rejected": "password" },
    done: leave
  })
  return (
    <Section title={s("delete.title")} class="grave">
      <p class="explained">{s("delete.lead")}</p>
      {begun ? (
        <Form
          of={form}
          label={s("delete.go")}
          grave
          others={
            <button type="button" class="button" onClick={() => setBegun(false)}>
              {t("action.back")}
            </button>
          }
        >
          <ProofFields of={form} />
        </Form>
      ) : (
        <button type="button" class="button" onClick={() => setBegun(true)}>
          {s("delete.begin")}
        </button>
      )}
    </Section>
  )
}

/** Profile and leaving. */
export const ProfilePart = () => (
  <>
    <Profile />
    <Deletion />
  </>
)
