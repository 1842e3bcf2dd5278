/** Signing in, with a second factor when there is one. */
import { useState } from "preact/hooks"
import { Problem } from "../client/problem.ts"
import { signIn } from "../client/session.ts"
import { focusFirstError, TextField } from "../ui/fields.tsx"
import { Failure } from "../ui/states.tsx"
import { t } from "../words/words.ts"

/** The form that lets people in. */
export const SignIn = () => {
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
      }
    }
  }
  const errorOf = (value: string) => (tried && value.trim() === "" ? t("error.missing") : undefined)
  return (
    <div class="door">
      <div class="door-inner">
        <p class="wordmark" aria-hidden="true">
          Saldo
        </p>
        <h1 tabIndex={-1}>{t("sign-in.title")}</h1>
        <p class="lead">{asksCode ? t("sign-in.code.lead") : t("sign-in.lead")}</p>
        {error === undefined ? null : <Failure error={error} />}
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
              <TextField
                label={t("sign-in.password")}
                value={password}
                onValue={setPassword}
                error={errorOf(password)}
                type="password"
                autocomplete="current-password"
                required
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
      </div>
    </div>
  )
}
