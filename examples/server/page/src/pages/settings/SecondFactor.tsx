/**
 * The second factor: set up with an authenticator, its recovery codes, and turning it off. What is secret about it is in memory
 * while it is shown, and nowhere else.
 */
import type { ComponentChildren } from "preact"
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks"
import { useMe, useRenewMe } from "../../access.ts"
import * as self from "../../client/self.ts"
import { announce } from "../../ui/announce.tsx"
import { Section } from "../../ui/basics.tsx"
import { Copy } from "../../ui/Copy.tsx"
import { TextField } from "../../ui/fields.tsx"
import { Form } from "../../ui/Form.tsx"
import { noProof, ProofFields, proofFaults, proofOf } from "../../ui/Proof.tsx"
import { QrCode } from "../../ui/QrCode.tsx"
import { useForm } from "../../ui/useForm.ts"
import { t } from "../../words/words.ts"
import { s } from "./words.ts"

interface AskedProps<A> {
  readonly label: string
  readonly lead: string
  readonly grave?: boolean
  readonly write: (proof: self.Proof) => Promise<A>
  readonly done: (answer: A) => void
  readonly onBack: () => void
}

/** Something that takes a proof. */
const Asked = <A,>({ done, grave = false, label, lead, onBack, write }: AskedProps<A>) => {
  const { hasSecondFactor } = useMe()
  const form = useForm({
    initial: noProof,
    check: (values) => proofFaults(values, hasSecondFactor),
    write: (values) => write(proofOf(values)),
    blames: { "credentials-rejected": hasSecondFactor ? "code" : "password" },
    done
  })
  return (
    <>
      <p class="explained">{lead}</p>
      <Form of={form} label={label} grave={grave} others={<Cancel onBack={onBack} />}>
        <ProofFields of={form} />
      </Form>
    </>
  )
}

const Cancel = ({ onBack }: { readonly onBack: () => void }) => (
  <button type="button" class="button" onClick={onBack}>
    {s("factor.cancel")}
  </button>
)

interface ConfirmProps {
  readonly begun: self.BegunFactor
  readonly onCodes: (codes: ReadonlyArray<string>) => void
  readonly onBack: () => void
}

const Confirm = ({ begun, onBack, onCodes }: ConfirmProps) => {
  const form = useForm({
    initial: { code: "" },
    check: ({ code }) => ({ code: code.trim() === "" ? t("error.missing") : undefined }),
    write: ({ code }) => self.factor.confirm({ code: code.replaceAll(/\s/gu, "") }),
    blames: { "credentials-rejected": "code" },
    done: ({ recoveryCodes }) => onCodes(recoveryCodes)
  })
  return (
    <div class="enrolment">
      <QrCode of={begun.uri} label={s("factor.picture")} />
      <div>
        <p class="explained">{s("factor.scan")}</p>
        <Copy label={s("factor.secret")} text={begun.secret} shown={begun.secret.replaceAll(/.{4}(?=.)/gu, "$& ")} />
        <Form of={form} label={s("factor.confirm")} others={<Cancel onBack={onBack} />}>
          <TextField
            label={s("factor.code")}
            hint={s("factor.code.hint")}
            value={form.values.code}
            onValue={(code) => form.set({ code })}
            error={form.errorOf("code")}
            autocomplete="one-time-code"
            inputMode="numeric"
            maxLength={16}
          />
        </Form>
      </div>
    </div>
  )
}

const Codes = ({ codes, onKept }: { readonly codes: ReadonlyArray<string>; readonly onKept: () => void }) => (
  <div class="codes">
    <h3>{s("codes.title")}</h3>
    <p class="explained">{s("codes.lead")}</p>
    <ul>
      {codes.map((code) => (
        <li key={code}>
          <code>{code}</code>
        </li>
      ))}
    </ul>
    <div class="form-actions">
      <button type="button" class="button button-main" onClick={onKept}>
        {s("codes.kept")}
      </button>
      <CopyAll codes={codes} />
      <button type="button" class="button" onClick={() => print()}>
        {s("codes.print")}
      </button>
    </div>
  </div>
)

const CopyAll = ({ codes }: { readonly codes: ReadonlyArray<string> }) => {
  const [said, setSaid] = useState<string>()
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(codes.join("\n"))
      setSaid(t("copy.done"))
    } catch {
      // Only pages from a secure origin may copy; the reader's own keys still do.
      const list = document.querySelector(".codes ul")
      if (list !== null) getSelection()?.selectAllChildren(list)
      setSaid(t("copy.selected"))
    }
  }
  useEffect(() => {
    if (said !== undefined) announce(said)
  }, [said])
  return (
    <button type="button" class="button" onClick={() => void copy()}>
      {said === t("copy.done") ? said : s("codes.copy")}
    </button>
  )
}

type Step =
  | { readonly _tag: "Rest" | "Begin" | "Renew" | "Remove" }
  | { readonly _tag: "Confirm"; readonly begun: self.BegunFactor }
  | { readonly _tag: "Codes"; readonly codes: ReadonlyArray<string> }

const rest: Step = { _tag: "Rest" }

const Choices = ({ children }: { readonly children: ComponentChildren }) => <div class="choices">{children}</div>

/** The second factor. */
export const SecondFactor = () => {
  const { hasSecondFactor } = useMe()
  const renew = useRenewMe()
  const [step, setStep] = useState<Step>(rest)
  const place = useRef<HTMLDivElement>(null)
  const begun = useRef(false)
  useLayoutEffect(() => {
    // What had the focus is gone with the step before.
    if (begun.current) place.current?.querySelector<HTMLElement>("h3, input, button")?.focus()
    begun.current = true
  }, [step._tag])
  const back = () => setStep(rest)
  const show = (recoveryCodes: ReadonlyArray<string>) => {
    announce(s("factor.confirmed"))
    setStep({ _tag: "Codes", codes: recoveryCodes })
    renew()
  }
  const drawn = () => {
    switch (step._tag) {
      case "Rest":
        return hasSecondFactor ? (
          <>
            <p class="explained">{s("factor.lead.on")}</p>
            <Choices>
              <button type="button" class="button" onClick={() => setStep({ _tag: "Renew" })}>
                {s("factor.renew")}
              </button>
              <button type="button" class="button" onClick={() => setStep({ _tag: "Remove" })}>
                {s("factor.remove")}
              </button>
            </Choices>
          </>
        ) : (
          <>
            <p class="explained">{s("factor.lead")}</p>
            <button type="button" class="button button-main" onClick={() => setStep({ _tag: "Begin" })}>
              {s("factor.begin")}
            </button>
          </>
        )
      case "Begin":
        return (
          <Asked
            label={s("factor.continue")}
            lead={s("factor.proof")}
            write={self.factor.begin}
            done={(secret) => setStep({ _tag: "Confirm", begun: secret })}
            onBack={back}
          />
        )
      case "Confirm":
        return <Confirm begun={step.begun} onCodes={show} onBack={back} />
      case "Codes":
        return <Codes codes={step.codes} onKept={back} />
      case "Renew":
        return (
          <Asked
            label={s("factor.renew")}
            lead={s("factor.renew.lead")}
            write={self.factor.renewCodes}
            done={({ recoveryCodes }) => setStep({ _tag: "Codes", codes: recoveryCodes })}
            onBack={back}
          />
        )
      case "Remove":
        return (
          <Asked
            label={s("factor.remove")}
            lead={s("factor.remove.lead")}
            grave
            write={self.factor.remove}
            done={() => {
              announce(s("factor.removed"))
              back()
              renew()
            }}
            onBack={back}
          />
        )
    }
  }
  return (
    <Section
      title={s("factor.title")}
      aside={
        <span class={`state state-${hasSecondFactor ? "good" : "calm"}`}>
          {hasSecondFactor ? s("factor.on") : s("factor.off")}
        </span>
      }
    >
      <div ref={place}>{drawn()}</div>
    </Section>
  )
}
