/** What is asked for before anybody is signed in: to become a user, another password, and the mail once more. */
import { useLayoutEffect, useState } from "preact/hooks"
import * as visitor from "../../client/visitor.ts"
import { current } from "../../settings.ts"
import { Act } from "../../ui/Act.tsx"
import { DoorFrame } from "../../ui/DoorFrame.tsx"
import { TextField } from "../../ui/fields.tsx"
import { Form } from "../../ui/Form.tsx"
import { NewPassword, newPasswordFault } from "../../ui/NewPassword.tsx"
import { useForm } from "../../ui/useForm.ts"
import { t } from "../../words/words.ts"
import { d } from "./words.ts"

const emailFault = (email: string): string | undefined => {
  const text = email.trim()
  if (text === "") return t("error.missing")
  // The server knows better; this spares a way to it for what is no address at first sight.
  return /^\S+@\S+\.\S+$/u.test(text) ? undefined : d("email.error")
}

const Back = () => (
  <a class="button" href="#/">
    {d("mail.back")}
  </a>
)

interface MailedProps {
  readonly text: string
  readonly again: () => Promise<void>
}

/** A mail is on its way. */
const Mailed = ({ again, text }: MailedProps) => {
  const [sent, setSent] = useState(false)
  useLayoutEffect(() => document.querySelector<HTMLElement>("h1")?.focus(), [])
  return (
    <DoorFrame title={d("mail.title")} lead={text}>
      <p class="door-note quiet">{d("mail.late")}</p>
      <div class="form-actions">
        <Act label={d("mail.again")} said={d("mail.sent")} write={again} done={() => setSent(true)} />
        <Back />
      </div>
      <p class="strength-good quiet" role="status">
        {sent ? d("mail.sent") : ""}
      </p>
    </DoorFrame>
  )
}

/** The form by which somebody becomes a user. */
export const SignUp = () => {
  const [sentTo, setSentTo] = useState<string>()
  const form = useForm({
    initial: { name: "", email: "", password: "" },
    check: ({ email, name, password }) => ({
      name: name.trim() === "" ? t("error.missing") : undefined,
      email: emailFault(email),
      password: newPasswordFault(password, [name, email])
    }),
    write: ({ email, name, password }) =>
      visitor.signUp({ email: email.trim(), name: name.trim(), password, locale: current().language }),
    blames: { "email-invalid": "email", "password-unsuitable": "password" },
    done: (_, { email }) => setSentTo(email.trim())
  })
  if (sentTo !== undefined) {
    return (
      <Mailed text={d("mail.sign-up", { email: sentTo })} again={() => visitor.resendVerification({ email: sentTo })} />
    )
  }
  const { email, name, password } = form.values
  return (
    <DoorFrame title={t("sign-up.title")} lead={d("sign-up.lead")}>
      <Form of={form} label={d("sign-up.go")}>
        <TextField
          label={d("sign-up.name")}
          value={name}
          onValue={(value) => form.set({ name: value })}
          error={form.errorOf("name")}
          autocomplete="name"
          maxLength={200}
          required
        />
        <TextField
          label={t("sign-in.email")}
          hint={d("email.hint")}
          type="email"
          value={email}
          onValue={(value) => form.set({ email: value })}
          error={form.errorOf("email")}
          autocomplete="username"
          required
        />
        <NewPassword
          label={d("sign-up.password")}
          value={password}
          onValue={(value) => form.set({ password: value })}
          error={form.errorOf("password")}
          about={[name, email]}
        />
      </Form>
      <p class="door-note">
        {d("sign-up.known")} <a href="#/">{t("sign-in.title")}</a>
      </p>
    </DoorFrame>
  )
}

interface ByEmailProps {
  readonly title: string
  readonly lead: string
  readonly sent: (email: string) => string
  readonly write: (asked: { readonly email: string }) => Promise<void>
}

/** A mail that is sent to whoever has an address; the answer is the same when nobody has it. */
const ByEmail = ({ lead, sent, title, write }: ByEmailProps) => {
  const [sentTo, setSentTo] = useState<string>()
  const form = useForm({
    initial: { email: "" },
    check: ({ email }) => ({ email: emailFault(email) }),
    write: ({ email }) => write({ email: email.trim() }),
    blames: { "email-invalid": "email" },
    done: (_, { email }) => setSentTo(email.trim())
  })
  if (sentTo !== undefined) return <Mailed text={sent(sentTo)} again={() => write({ email: sentTo })} />
  return (
    <DoorFrame title={title} lead={lead}>
      <Form of={form} label={d("forgotten.go")} others={<Back />}>
        <TextField
          label={t("sign-in.email")}
          type="email"
          value={form.values.email}
          onValue={(email) => form.set({ email })}
          error={form.errorOf("email")}
          autocomplete="username"
          required
        />
      </Form>
    </DoorFrame>
  )
}

/** For who has forgotten the password. */
export const Forgotten = () => (
  <ByEmail
    title={d("forgotten.title")}
    lead={d("forgotten.lead")}
    sent={(email) => d("mail.reset", { email })}
    write={visitor.requestPasswordReset}
  />
)

/** For who needs the link that verifies the address once more. */
export const Verification = () => (
  <ByEmail
    title={d("resend.title")}
    lead={d("resend.lead")}
    sent={(email) => d("mail.verify", { email })}
    write={visitor.resendVerification}
  />
)
