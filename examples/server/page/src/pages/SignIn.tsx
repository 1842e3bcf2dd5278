/** Signing in, with a second factor when there is one. */
import { useState } from "preact/hooks"
import { Problem } from "../client/problem.ts"
import { signIn } from "../client/session.ts"
import { resendVerification } from "../client/visitor.ts"
import { Act } from "../ui/Act.tsx"
import { DoorFrame } from "../ui/DoorFrame.tsx"
import { focusFirstError, PasswordField, TextField } from "../ui/fields.tsx"
import { Failure } from "../ui/states.tsx"
import { t } from "../words/words.ts"

/** For who has not followed the link of the first mail. */
const Unverified = ({ email }: { readonly email: string }) => {
  const [sent, setSent] = useState(false)
  return sent ? (
    <p class="notice">{t("sign-in.resent")}</p>
  ) : (
    <Act
      label={t("sign-in.resend")}
      said={t("sign-in.resent")}
      write={() => resendVerification({ email: email.trim() })}
      done={() => setSent(true)}
    />
  )
}

/** The form that lets people in. */
export const SignIn = ({ notice }: { readonly notice: string | undefined }) => {
  const [email, setEmail] = useState("")
  const [password, setPassword] = useState("")
  const [code, setCode] = useState("")
  const [asksCode, setAsksCode] = useState(false)
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const missing = email.trim() === "" || password === "" || (asksCode && code.trim() === "")

  const submit = async (event: Event) => {
    event.preventDefault()
    setTried(true)
    if (missing) return focusFirstError()
    setBusy(true)
    setError(undefined)
    try {
      await signIn({ email: email.trim(), password, ...(asksCode ? { code: code.replaceAll(/\s/gu, "") } : {}) })
    } catch (refusal) {
      setBusy(false)
      if (refusal instanceof Problem && refusal.code === "second-factor-required") {
        setTried(false)
        setAsksCode(true)
        requestAnimationFrame(() => document.querySelector<HTMLElement>('[autocomplete="one-time-code"]')?.focus())
      } else {
        setError(refusal)
        requestAnimationFrame(() => document.querySelector<HTMLElement>(".failure")?.focus())
      }
    }
  }
  const errorOf = (value: string) => (tried && value.trim() === "" ? t("error.missing") : undefined)
  return (
    <DoorFrame title={t("sign-in.title")} lead={asksCode ? t("sign-in.code.lead") : t("sign-in.lead")}>
      {notice === undefined ? null : <p class="notice door-note">{notice}</p>}
      {error === undefined ? null : <Failure error={error} />}
      {error instanceof Problem && error.code === "email-unverified" ? <Unverified email={email} /> : null}
      <form onSubmit={(event) => void submit(event)} noValidate>
        {asksCode ? (
          <TextField
            label={t("sign-in.code")}
            hint={t("sign-in.code.hint")}
            value={code}
            onValue={setCode}
            error={errorOf(code)}
            autocomplete="one-time-code"
            inputMode="numeric"
          />
        ) : (
          <>
            <TextField
              label={t("sign-in.email")}
              value={email}
              onValue={setEmail}
              error={errorOf(email)}
              type="email"
              autocomplete="username"
              required
            />
            <PasswordField
              label={t("sign-in.password")}
              value={password}
              onValue={setPassword}
              error={errorOf(password)}
              autocomplete="current-password"
            />
          </>
        )}
        <div class="form-actions">
          <button type="submit" class="button button-main" disabled={busy}>
            {busy ? t("sign-in.busy") : t("sign-in.go")}
          </button>
          {asksCode ? (
            <button
              type="button"
              class="button"
              onClick={() => {
                setAsksCode(false)
                setCode("")
                setPassword("")
              }}
            >
              {t("action.back")}
            </button>
          ) : null}
        </div>
      </form>
      {asksCode ? null : (
        <ul class="door-links">
          <li>
            <a href="#/forgotten-password">{t("sign-in.forgotten")}</a>
          </li>
          <li>
            {t("sign-in.new")} <a href="#/sign-up">{t("sign-up.title")}</a>
          </li>
        </ul>
      )}
    </DoorFrame>
  )
}
