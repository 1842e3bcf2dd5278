/** The password and the second factor. */
import { useState } from "preact/hooks"
import { useMe } from "../../access.ts"
import * as self from "../../client/self.ts"
import { announce } from "../../ui/announce.tsx"
import { Section } from "../../ui/basics.tsx"
import { Form } from "../../ui/Form.tsx"
import { NewPassword, newPasswordFault } from "../../ui/NewPassword.tsx"
import { noProof, ProofFields, proofFaults, proofOf } from "../../ui/Proof.tsx"
import { useForm } from "../../ui/useForm.ts"
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

/** What somebody signs in with. */
export const SecurityPart = () => (
  <>
    <Password />
    <SecondFactor />
  </>
)
