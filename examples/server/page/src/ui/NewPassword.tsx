/** A password that is being chosen, and whether it is any good, by the same rules as the server's. */
import { passwordWeaknesses, standardPolicy } from "saldo/identity/passwordStrength"
import { weaknessText } from "../words/problems.ts"
import { t } from "../words/words.ts"
import { PasswordField } from "./fields.tsx"

interface NewPasswordProps {
  readonly label: string
  readonly value: string
  readonly onValue: (value: string) => void
  readonly error: string | undefined
  /** What nobody should make a password of: the name and the address of whoever chooses. */
  readonly about: ReadonlyArray<string>
}

/** What is wrong with a password that is being chosen, in words. */
export const newPasswordFault = (password: string, about: ReadonlyArray<string>): string | undefined => {
  if (password === "") return t("error.missing")
  const found = passwordWeaknesses(password, about, standardPolicy)
  return found.length === 0 ? undefined : weaknessText(found)
}

/** A field for a new password. */
export const NewPassword = ({ about, error, label, onValue, value }: NewPasswordProps) => {
  const fault = value === "" ? undefined : newPasswordFault(value, about)
  return (
    <>
      <PasswordField
        label={label}
        hint={t("password.hint")}
        value={value}
        onValue={onValue}
        error={error}
        autocomplete="new-password"
      />
      <p class={`strength ${value !== "" && fault === undefined ? "strength-good" : ""}`} role="status">
        {value === "" || error !== undefined ? "" : (fault ?? t("password.good"))}
      </p>
    </>
  )
}
