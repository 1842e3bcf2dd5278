/**
 * `saldo bank customers`: who the bank's customers are.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import type { CustomerKind, RegistrationScheme } from "saldo/banking/Customer"
import { DocumentKind, type KycDocument } from "saldo/banking/Kyc"
import { CommandKey } from "saldo/core/Command"
import * as Id from "saldo/core/Id"
import * as Page from "saldo/core/Page"
import { sha256OfBytes } from "saldo/core/sha256"
import * as LocalDate from "saldo/time/LocalDate"
import { customerRecord, customerTable, customerText } from "../bank/customers.ts"
import { answersTo, needed, type Question } from "../bank/form.ts"
import { CliFailure } from "../CliFailure.ts"
import { Customers } from "../desk/BankDesk.ts"
import { Output } from "../Output.ts"
import { atBank, atNewBank, bankFlags, keyFlag, keyOf, pageFlags } from "./bankBooks.ts"
import { close, decide, erase, lift, restrict, rewrap } from "./bankCustomerActs.ts"
import { customerArgument, customerIn } from "./bankReferences.ts"

const revealFlag = Flag.Boolean("reveal").pipe(
  Flag.withDescription("Print a person's number in full"),
  Flag.withDefault(false)
)

const list = Command.make(
  "list",
  {
    kind: Flag.Literals("kind", ["person", "company"]).pipe(Flag.withDescription("Only this kind"), Flag.optional),
    state: Flag.Literals("state", ["pending", "active", "restricted", "closed"]).pipe(
      Flag.withDescription("Only in this state"),
      Flag.optional
    ),
    ...pageFlags,
    ...bankFlags
  },
  ({ cursor, kind, limit, state, ...who }) =>
    atBank(
      who,
      Effect.gen(function* () {
        const output = yield* Output
        const customers = yield* Customers
        const filter = {
          ...(Option.isSome(kind) && { kind: kind.value }),
          ...(Option.isSome(state) && { state: state.value })
        }
        const from = Option.isSome(cursor) ? { cursor: yield* Page.cursorFrom(cursor.value) } : {}
        const page = yield* customers.list(filter, { limit, ...from })
        yield* output.result(
          () => ({ items: page.items.map((customer) => customerRecord(customer, false)), next: page.next }),
          () => {
            if (page.items.length === 0) return "No customer fits."
            const more = page.next === null ? "" : `\n\nMore with --cursor ${page.next}`
            return customerTable(page.items, output.width) + more
          }
        )
      })
    )
).pipe(Command.withDescription("List customers"))

const show = Command.make(
  "show",
  { customer: customerArgument, reveal: revealFlag, ...bankFlags },
  ({ customer, reveal, ...who }) =>
    atBank(
      who,
      Effect.gen(function* () {
        const output = yield* Output
        const id = yield* customerIn(customer)
        const found = yield* Customers.use((customers) => customers.find(id))
        yield* output.result(
          () => customerRecord(found, reveal),
          () => customerText(found, reveal, output.width)
        )
      })
    )
).pipe(
  Command.withDescription("Show what is known of a customer; a person's number is masked unless --reveal is given")
)

const numberIs: Readonly<Record<RegistrationScheme, string>> = {
  SwedishPersonalNumber: "Personal number",
  SwedishOrganisationNumber: "Organisation number",
  NorwegianOrganisationNumber: "Norwegian organisation number"
}

const schemes: Readonly<Record<CustomerKind, Readonly<Record<"NO" | "SE", RegistrationScheme | undefined>>>> = {
  person: { SE: "SwedishPersonalNumber", NO: undefined },
  company: { SE: "SwedishOrganisationNumber", NO: "NorwegianOrganisationNumber" }
}

const questionsFor = (scheme: RegistrationScheme): ReadonlyArray<Question> => [
  { name: "name", asks: "Name", needed: true },
  { name: "number", asks: numberIs[scheme], needed: true, hidden: scheme === "SwedishPersonalNumber" },
  { name: "email", asks: "E-mail", needed: false },
  { name: "phone", asks: "Phone", needed: false },
  { name: "address", asks: "Address", needed: false }
]

const register = Command.make(
  "register",
  {
    kind: Flag.Literals("kind", ["person", "company"]).pipe(
      Flag.withDescription("A person or a company"),
      Flag.withDefault("person")
    ),
    country: Flag.Literals("country", ["SE", "NO"]).pipe(
      Flag.withDescription("Where a company is registered"),
      Flag.withDefault("SE")
    ),
    key: keyFlag,
    ...bankFlags
  },
  ({ country, key, kind, ...who }) =>
    atNewBank(
      who,
      Effect.gen(function* () {
        const output = yield* Output
        const scheme = schemes[kind][country]
        if (scheme === undefined) {
          return yield* new CliFailure({
            happened: "Persons can be registered in Sweden only.",
            remedy: "Leave --country out, or register a company.",
            exitCode: 2
          })
        }
        const answers = yield* answersTo(questionsFor(scheme))
        const [email, phone, address] = ["email", "phone", "address"].map((name) => answers.get(name))
        const customer = yield* Customers.use(({ register: registering }) =>
          Effect.flatMap(keyOf(key), (known) =>
            registering({
              key: known,
              kind,
              registration: { scheme, number: needed(answers, "number") },
              details: {
                name: needed(answers, "name"),
                ...(email === undefined ? {} : { email }),
                ...(phone === undefined ? {} : { phone }),
                ...(address === undefined ? {} : { address })
              }
            })
          )
        )
        yield* output.result(
          () => customerRecord(customer, false),
          () => `Registered ${customer.id}, a ${kind}. It is pending until \`saldo bank customers approve\`.`
        )
      })
    )
).pipe(
  Command.withDescription(
    "Register a customer; asks for the name and number, or reads them from standard input as JSON"
  ),
  Command.withExamples([
    { command: "saldo bank customers register < anna.json", description: '{"name":"…","number":"…","email":"…"}' }
  ])
)

const kinds = DocumentKind.literals

/** Reads `kind=file` or `kind=file@expiry`. What a document says stays in its file: its digest is kept. */
const documentIn = Effect.fnUntraced(function* (text: string) {
  const wrong = (happened: string) =>
    new CliFailure({
      happened,
      remedy: `Write --document passport=scan.pdf@2031-05-31; the kinds are ${kinds.join(", ")}.`,
      exitCode: 2
    })
  const cut = text.indexOf("=")
  const kind = kinds.find((one) => one === text.slice(0, cut))
  if (cut < 1 || kind === undefined) return yield* wrong(`--document ${text} does not begin with a kind.`)
  const [, file = "", until] = /^(.*?)(?:@(\d{4}-\d{2}-\d{2}))?$/su.exec(text.slice(cut + 1)) ?? []
  const expiresOn = until === undefined ? null : LocalDate.parse(until)
  if (expiresOn instanceof Error) return yield* wrong(`${until} is no day.`)
  const files = yield* FileSystem.FileSystem
  const bytes = yield* Effect.mapError(files.readFile(file), () => wrong(`The document ${file} cannot be read.`))
  return { kind, digest: sha256OfBytes(Buffer.from(bytes).toString("hex")), expiresOn }
})

const approve = Command.make(
  "approve",
  {
    customer: customerArgument,
    document: Flag.String("document").pipe(
      Flag.withMetavar("kind=file[@until]"),
      Flag.withDescription("What was handed in; its digest is kept, not its content; any number of times"),
      Flag.atLeast(0)
    ),
    ...bankFlags
  },
  ({ customer, document, ...who }) =>
    atBank(
      who,
      Effect.gen(function* () {
        const output = yield* Output
        const customers = yield* Customers
        const customerId = yield* customerIn(customer)
        const key = Effect.map(Id.make("cli"), (id) => CommandKey.make(id))
        const given: ReadonlyArray<KycDocument> = yield* Effect.forEach(document, documentIn)
        const { kyc } = yield* customers.find(customerId)
        // The command may be repeated: what was handed in before is not handed in again.
        const documents = given.filter(
          ({ digest, kind }) => !kyc.documents.some((known) => known.digest === digest && known.kind === kind)
        )
        if (documents.length > 0) yield* customers.submitDocuments({ key: yield* key, customerId, documents })
        const found = yield* customers.verify({ key: yield* key, customerId })
        const approved = found.kyc.decision?.verdict === "approved"
        const after =
          approved && found.state === "pending" ? yield* customers.activate({ key: yield* key, customerId }) : found
        if (approved) {
          return yield* output.result(
            () => customerRecord(after, false),
            () => `Approved and ${after.state}.\n\n${customerText(after, false, output.width)}`
          )
        }
        return yield* new CliFailure({
          happened: `The customer was not approved: ${found.kyc.decision?.verdict ?? "nothing decided"} (${(found.kyc.decision?.reasons ?? []).join(", ")}).`,
          remedy:
            "A person shows an identity document and a proof of address, a company its registration, owners, a mandate and its holder's identity.",
          exitCode: 1
        })
      })
    )
).pipe(
  Command.withDescription(
    "Take documents, have the reference verifier decide on them, and let the customer do business"
  ),
  Command.withExamples([
    {
      command:
        "saldo bank customers approve cust_… --document passport=scan.pdf@2031-05-31 --document proof-of-address=bill.pdf",
      description: "A person"
    }
  ])
)

/** The group. */
export const customers = Command.make("customers").pipe(
  Command.withDescription("Register, verify and look at customers"),
  Command.withSubcommands([list, show, register, approve, decide, restrict, lift, close, erase, rewrap])
)
