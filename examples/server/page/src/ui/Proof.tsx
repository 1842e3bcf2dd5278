/** The password once more, and a code where there is a second factor: asked for before anything of weight. */
import { useMe } from "../access.ts"
import type { Proof } from "../client/self.ts"
import { t } from "../words/words.ts"
import { PasswordField, TextField } from "./fields.tsx"
import type { Faults, FormState } from "./useForm.ts"

/** What is typed as a proof. */
export interface ProofValues {
  readonly password: string
  readonly code: string
}

/** Nothing typed yet. */
export const noProof: ProofValues = { password: "", code: "" }

/** What a proof lacks. */
export const proofFaults = ({ code, password }: ProofValues, asksCode: boolean): Faults<ProofValues> => ({
  password: password === "" ? t("error.missing") : undefined,
  code: asksCode && code.trim() === "" ? t("error.missing") : undefined
})

/** A proof as the server takes it. */
export const proofOf = ({ code, password }: ProofValues): Proof => {
  const digits = code.replaceAll(/\s/gu, "")
  return digits === "" ? { password } : { password, code: digits }
}

/** The fields of a proof. */
export const ProofFields = <Values extends ProofValues>({ of }: { readonly of: FormState<Values> }) => {
  const { hasSecondFactor } = useMe()
  const set = of.set as (change: Partial<ProofValues>) => void
  return (
    <>
      <PasswordField
        label={t("proof.password")}
        value={of.values.password}
        onValue={(password) => set({ password })}
        error={of.errorOf("password")}
        autocomplete="current-password"
      />
      {hasSecondFactor ? (
        <TextField
          label={t("sign-in.code")}
          hint={t("sign-in.code.hint")}
          value={of.values.code}
          onValue={(code) => set({ code })}
          error={of.errorOf("code")}
          autocomplete="one-time-code"
          inputMode="numeric"
        />
      ) : null}
    </>
  )
}
