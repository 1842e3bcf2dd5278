/** The password and the second factor. */
import { useState } from "preact/hooks"
import { useMe } from "../../access.ts"
import * as self from "../../client/self.ts"
import { announce } from "../../ui/announce.tsx"
import { Section } from "../../ui/basics.tsx"
import { TextField } from "../../ui/fields.tsx"
import { Form } from "../../ui/Form.tsx"
import { NewPassword, newPasswordFault } from "../../ui/NewPassword.tsx"
import { noProof, ProofFields, proofFaults, proofOf } from "../../ui/Proof.tsx"
import { useForm } from "../../ui/useForm.ts"
import { t } from "../../words/words.ts"
import { SecondFactor } from "./SecondFactor.tsx"
import { s } from "./words.ts"

const Password = () => {
  const me = useMe()
  const [done, setDone] = useState(false)
  const about = [me.name ?? "", me.email ?? ""]
  const form = useForm({
    initial: { ...noProof, next: "" },
    check: (values) => ({
      ...proofFaults(values, me.hasSecondFactor),
      next:
        values.next !== "" && values.next === values.password
          ? s("password.same")
          : newPasswordFault(values.next, about)
    }),
    write: (values) => self.changePassword({ ...proofOf(values), next: values.next }),
    blames: { "credentials-rejected": "password", "password-unsuitable": "next" },
    done: () => {
      form.renew()
      setDone(true)
      announce(s("password.done"))
    }
  })
  return (
    <Section title={s("password.title")}>
      <p class="explained">{s("password.lead")}</p>
      {done ? <p class="notice">{s("password.done")}</p> : null}
      <Form of={form} label={s("password.go")}>
        <input
          class="unseen"
          type="text"
          autocomplete="username"
          value={me.email ?? ""}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        <ProofFields of={form} />
        <NewPassword
          label={s("password.next")}
          value={form.values.next}
          onValue={(next) => {
            setDone(false)
            form.set({ next })
          }}
          error={form.errorOf("next")}
          about={about}
        />
      </Form>
    </Section>
  )
}

const Email = () => {
  const me = useMe()
  const [step, setStep] = useState<"rest" | "ask" | { readonly sentTo: string }>("rest")
  const form = useForm({
    initial: { ...noProof, email: "" },
    check: (values) => ({
      ...proofFaults(values, me.hasSecondFactor),
      email:
        values.email.trim() === "" ? t("error.missing") : values.email.trim() === me.email ? s("email.same") : undefined
    }),
    write: (values) => self.requestEmailChange({ ...proofOf(values), email: values.email.trim() }),
    blames: { "credentials-rejected": "password", "email-invalid": "email" },
    done: (_, { email }) => {
      setStep({ sentTo: email.trim() })
      announce(s("email.sent", { email: email.trim() }))
      form.renew()
    }
  })
  return (
    <Section title={s("email.title")}>
      <p class="explained">{s("email.lead", { email: me.email ?? "" })}</p>
      {step === "ask" ? (
        <Form
          of={form}
          label={s("email.go")}
          others={
            <button type="button" class="button" onClick={() => setStep("rest")}>
              {t("action.back")}
            </button>
          }
        >
          <TextField
            label={s("email.new")}
            type="email"
            value={form.values.email}
            onValue={(email) => form.set({ email })}
            error={form.errorOf("email")}
            autocomplete="email"
          />
          <ProofFields of={form} />
        </Form>
      ) : (
        <>
          {step === "rest" ? null : <p class="notice">{s("email.sent", { email: step.sentTo })}</p>}
          <button type="button" class="button" onClick={() => setStep("ask")}>
            {s("email.change")}
          </button>
        </>
      )}
    </Section>
  )
}

/** What somebody signs in with. */
export const SecurityPart = () => (
  <>
    <Password />
    <SecondFactor />
    <Email />
  </>
)
