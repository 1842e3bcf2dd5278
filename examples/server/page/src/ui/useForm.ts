/**
 * A form: what was typed, what is wrong with it, and sending it. What the server finds fault with is told at the field that it
 * is about, and the focus goes there.
 */
import { useRef, useState } from "preact/hooks"
import { mayHaveHappened, Problem } from "../client/problem.ts"
import { problemText } from "../words/problems.ts"
import { useIntent } from "./useIntent.ts"

/** What is wrong, by the name of the field. */
export type Faults<Values> = { readonly [K in keyof Values]?: string | undefined }

interface FormOptions<Values, Answer> {
  readonly initial: Values
  /** What can be told to be wrong without asking anybody. */
  readonly check: (values: Values) => Faults<Values>
  readonly write: (values: Values, key: string) => Promise<Answer>
  readonly done: (answer: Answer, values: Values) => void
  /** The field that a refusal is about, by its code; the message is the refusal's own. */
  readonly blames?: Readonly<Record<string, keyof Values>>
}

/** A form as it stands. */
export interface FormState<Values> {
  readonly values: Values
  readonly set: (change: Partial<Values>) => void
  readonly errorOf: (name: keyof Values) => string | undefined
  /** What went wrong that is about no field. */
  readonly error: unknown
  /** Whether it is unknown if the write was carried out. */
  readonly unsure: boolean
  readonly busy: boolean
  readonly submit: (event: Event) => void
  readonly renew: () => void
}

/** Puts the focus on what is wrong, once it has been drawn: the first field, or what stands above them. */
const focusFault = (form: HTMLElement | null): void => {
  requestAnimationFrame(() =>
    (form?.querySelector<HTMLElement>('[aria-invalid="true"]') ?? form?.querySelector<HTMLElement>(".failure"))?.focus()
  )
}

/** What a problem says about the fields of a form: by the paths of its errors, or by its code. */
export const faultsOf = <Values extends object>(
  error: unknown,
  values: Values,
  blames: Readonly<Record<string, keyof Values>> = {}
): Faults<Values> => {
  if (!(error instanceof Problem)) return {}
  const blamed = blames[error.code]
  if (blamed !== undefined) return { [blamed]: problemText(error).detail } as Faults<Values>
  const told = error.fields.map(({ message, path }) => [path.split(".")[1] ?? "", message] as const)
  // What is about no field of ours is told whole, above them.
  return told.every(([name]) => name in values) ? (Object.fromEntries(told) as Faults<Values>) : {}
}

const isClean = (faults: object): boolean => Object.values(faults).every((fault) => fault === undefined)

/** A form of some values, which the server answers with `Answer`. */
export const useForm = <Values extends object, Answer = void>({
  blames,
  check,
  done,
  initial,
  write
}: FormOptions<Values, Answer>): FormState<Values> => {
  const [values, setValues] = useState(initial)
  const [tried, setTried] = useState(false)
  const [blamed, setBlamed] = useState<Faults<Values>>({})
  const form = useRef<HTMLElement | null>(null)
  const intent = useIntent<Answer, undefined>()
  const faults = check(values)
  const send = async () => {
    // What was refused has not happened, so what is sent now is something else.
    if (intent.state === "done" || (intent.state === "failed" && !mayHaveHappened(intent.error))) intent.renew()
    setBlamed({})
    const answers: Array<Answer> = []
    await intent.send(undefined, async (_, key) => {
      try {
        const answer = await write(values, key)
        answers.push(answer)
        return answer
      } catch (error) {
        setBlamed(faultsOf(error, values, blames))
        throw error
      }
    })
    if (answers.length === 0) focusFault(form.current)
    for (const answer of answers) done(answer, values)
  }
  return {
    values,
    set: (change) => {
      setValues((before) => ({ ...before, ...change }))
      setBlamed((before) => ({
        ...before,
        ...Object.fromEntries(Object.keys(change).map((name) => [name, undefined]))
      }))
    },
    errorOf: (name) => blamed[name] ?? (tried ? faults[name] : undefined),
    error: intent.state === "failed" && isClean(faultsOf(intent.error, values, blames)) ? intent.error : undefined,
    unsure: intent.state === "failed" && mayHaveHappened(intent.error),
    busy: intent.state === "sending",
    submit: (event) => {
      event.preventDefault()
      form.current = event.currentTarget as HTMLElement
      setTried(true)
      if (isClean(faults)) void send()
      else focusFault(form.current)
    },
    renew: () => {
      intent.renew()
      setValues(initial)
      setTried(false)
      setBlamed({})
    }
  }
}
