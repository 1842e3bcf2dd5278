/** An invitation: whoever gets it chooses a password and is in. */
import { useState } from "preact/hooks"
import * as people from "../../client/people.ts"
import { hrefOf } from "../../router.ts"
import { current } from "../../settings.ts"
import { announce } from "../../ui/announce.tsx"
import { Page } from "../../ui/basics.tsx"
import { ChecksField, SelectField, TextField } from "../../ui/fields.tsx"
import { Form } from "../../ui/Form.tsx"
import { useForm } from "../../ui/useForm.ts"
import { t } from "../../words/words.ts"
import { roleOptions } from "./parts.tsx"
import { u } from "./words.ts"

interface Values {
  readonly email: string
  readonly name: string
  readonly locale: string
  readonly roles: ReadonlyArray<string>
  readonly party: string
}

const InviteForm = ({ onInvited }: { readonly onInvited: (user: people.User) => void }) => {
  const initial: Values = { email: "", name: "", locale: current().language, roles: [], party: "" }
  const missing = (value: string) => (value.trim() === "" ? t("error.missing") : undefined)
  const form = useForm({
    initial,
    check: ({ email, name }) => ({ email: missing(email), name: missing(name) }),
    write: ({ email, name, party, ...values }, key) =>
      people.invite(
        { ...values, email: email.trim(), name: name.trim(), party: party.trim() === "" ? null : party.trim() },
        key
      ),
    blames: { "email-invalid": "email", "email-taken": "email", "role-unknown": "roles", "not-permitted": "roles" },
    done: onInvited
  })
  const { email, locale, name, party, roles } = form.values
  return (
    <Form of={form} label={u("invite.go")}>
      <TextField
        label={u("name")}
        value={name}
        onValue={(value) => form.set({ name: value })}
        error={form.errorOf("name")}
        maxLength={200}
        autocomplete="off"
      />
      <TextField
        label={u("invite.email")}
        type="email"
        value={email}
        onValue={(value) => form.set({ email: value })}
        error={form.errorOf("email")}
        autocomplete="off"
      />
      <ChecksField
        label={u("roles")}
        hint={u("roles.hint")}
        value={roles}
        onValue={(value) => form.set({ roles: value })}
        error={form.errorOf("roles")}
        options={roleOptions()}
      />
      <TextField
        label={u("invite.party")}
        hint={u("invite.party.hint")}
        value={party}
        onValue={(value) => form.set({ party: value })}
        error={form.errorOf("party")}
        maxLength={255}
        autocomplete="off"
        spellcheck={false}
      />
      <SelectField
        label={u("invite.locale")}
        value={locale}
        onValue={(value) => form.set({ locale: value })}
        error={form.errorOf("locale")}
        options={[
          ["en", "English"],
          ["sv", "Svenska"]
        ]}
      />
    </Form>
  )
}

/** The form for an invitation, and what became of it. */
export const Invite = () => {
  const [invited, setInvited] = useState<people.User>()
  const sent = (user: people.User) => u("invite.sent", { email: user.email ?? user.id })
  return (
    <Page title={u("invite.title")} lead={u("invite.lead")} back={{ href: "#/users", label: t("users.title") }}>
      {invited === undefined ? (
        <InviteForm
          onInvited={(user) => {
            setInvited(user)
            announce(sent(user))
          }}
        />
      ) : (
        <>
          <p class="notice">{sent(invited)}</p>
          <div class="form-actions">
            <a class="button button-main" href={hrefOf(["users", invited.id])}>
              {u("invite.show")}
            </a>
            <button type="button" class="button" onClick={() => setInvited(undefined)}>
              {u("invite.another")}
            </button>
          </div>
        </>
      )}
    </Page>
  )
}
