/** Fields of forms: each has a label, may have a hint, and says itself what is wrong with it. */
import type { ComponentChildren } from "preact"
import { useId, useState } from "preact/hooks"
import { t } from "../words/words.ts"

interface FieldProps {
  readonly label: string
  readonly hint?: string | undefined
  readonly error?: string | undefined
  readonly class?: string
}

interface Described {
  readonly id: string
  readonly "aria-describedby": string | undefined
  readonly "aria-invalid": boolean
}

const Field = ({
  children,
  class: extra = "",
  error,
  hint,
  label
}: FieldProps & { readonly children: (described: Described) => ComponentChildren }) => {
  const id = useId()
  const described = [hint === undefined ? "" : `${id}-hint`, error === undefined ? "" : `${id}-error`].filter(Boolean)
  return (
    <div class={`field ${extra}`}>
      <label for={id}>{label}</label>
      {children({
        id,
        "aria-describedby": described.length === 0 ? undefined : described.join(" "),
        "aria-invalid": error !== undefined
      })}
      {hint === undefined ? null : (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error === undefined ? null : (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  )
}

interface InputProps extends FieldProps {
  readonly value: string
  readonly onValue: (value: string) => void
  readonly type?: "text" | "email" | "password" | "date" | "search"
  readonly inputMode?: "decimal" | "numeric" | "url"
  readonly autocomplete?: "off" | "name" | "email" | "username" | "current-password" | "new-password" | "one-time-code"
  readonly maxLength?: number
  readonly required?: boolean
  readonly spellcheck?: boolean
}

/** A line of text. */
export const TextField = ({ class: extra, error, hint, label, onValue, value, ...rest }: InputProps) => (
  <Field label={label} hint={hint} error={error} {...(extra === undefined ? {} : { class: extra })}>
    {(described) => (
      <input
        {...rest}
        type={rest.type as "text"}
        {...described}
        value={value}
        onInput={({ currentTarget }) => onValue(currentTarget.value)}
      />
    )}
  </Field>
)

interface PasswordProps extends Pick<InputProps, "label" | "hint" | "error" | "value" | "onValue"> {
  readonly autocomplete: "current-password" | "new-password"
}

/** A password, which its writer may have a look at. */
export const PasswordField = ({ autocomplete, error, hint, label, onValue, value }: PasswordProps) => {
  const [shown, setShown] = useState(false)
  // A field that is shown is one of text; the types of the page's elements tell the two apart and have no third.
  const kind = { type: shown ? "text" : "password" } as { readonly type: "password" }
  return (
    <Field label={label} hint={hint} error={error}>
      {(described) => (
        <div class="password">
          <input
            {...kind}
            autocomplete={autocomplete}
            spellcheck={false}
            autocapitalize="none"
            required
            {...described}
            value={value}
            onInput={({ currentTarget }) => onValue(currentTarget.value)}
          />
          <button type="button" aria-pressed={shown} aria-controls={described.id} onClick={() => setShown(!shown)}>
            {shown ? t("password.hide") : t("password.show")}
          </button>
        </div>
      )}
    </Field>
  )
}

interface SelectProps extends FieldProps {
  readonly value: string
  readonly options: ReadonlyArray<readonly [string, string]>
  readonly onValue: (value: string) => void
  readonly name?: string
  readonly required?: boolean
}

/** One of some values. */
export const SelectField = ({ class: extra, error, hint, label, onValue, options, value, ...rest }: SelectProps) => (
  <Field label={label} hint={hint} error={error} {...(extra === undefined ? {} : { class: extra })}>
    {(described) => (
      <select {...rest} {...described} value={value} onChange={({ currentTarget }) => onValue(currentTarget.value)}>
        {options.map(([option, name]) => (
          <option key={option} value={option}>
            {name}
          </option>
        ))}
      </select>
    )}
  </Field>
)

interface ChecksProps extends FieldProps {
  readonly options: ReadonlyArray<readonly [value: string, name: ComponentChildren]>
  readonly value: ReadonlyArray<string>
  readonly onValue: (value: ReadonlyArray<string>) => void
  /** Whether what stands around it shows its label already. */
  readonly bare?: boolean
}

/** Any of some values. */
export const ChecksField = ({ bare = false, error, hint, label, onValue, options, value }: ChecksProps) => {
  const id = useId()
  const described = [hint === undefined ? "" : `${id}-hint`, error === undefined ? "" : `${id}-error`].filter(Boolean)
  return (
    <fieldset class="field checks" aria-describedby={described.length === 0 ? undefined : described.join(" ")}>
      <legend class={bare ? "unseen" : ""}>{label}</legend>
      {hint === undefined ? null : (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <div>
        {options.map(([option, name]) => (
          <label class="check" key={option}>
            <input
              type="checkbox"
              checked={value.includes(option)}
              aria-invalid={error !== undefined}
              onChange={({ currentTarget }) =>
                onValue(currentTarget.checked ? [...value, option] : value.filter((chosen) => chosen !== option))
              }
            />
            <span>{name}</span>
          </label>
        ))}
      </div>
      {error === undefined ? null : (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </fieldset>
  )
}

/** Puts the focus on the first field that is wrong, once it has been drawn. */
export const focusFirstError = (): void => {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
}
