/**
 * `saldo loans list`, `search`, `show`, `history` and `health`.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { kameoSettingsFromConfig } from "@saldo/kameo/KameoConfig"
import * as Page from "saldo/core/Page"
import { CollectionRuns } from "saldo/lending/CollectionRuns"
import { LoanId, PlatformId } from "saldo/lending/LoanListing"
import type { LoanListingFilter } from "saldo/lending/LoanListingQuery"
import { LoanListingStore } from "saldo/lending/LoanListingStore"
import { table } from "../chart.ts"
import { CliFailure } from "../CliFailure.ts"
import { layerReading, nameOf, parseTarget } from "../database.ts"
import { Database } from "../GlobalFlags.ts"
import { fieldText, instantText, listingDetails, listingRecord, listingTable } from "../listings.ts"
import { collected } from "../desk/collected.ts"
import { Listings, type ShownListing, type ShownVersion } from "../desk/Listings.ts"
import { Output, presenting } from "../Output.ts"
import { filterFlags, filterOf, pageFlags, sortOf } from "./filters.ts"

const kameo = PlatformId.make("kameo")

const pageText = (page: Page.Page<ShownListing>, total: number, width: number | null): string => {
  if (total === 0) return "No listing fits."
  const more = page.next === null ? "" : `\nMore with --cursor ${page.next}`
  return `${listingTable(page.items, width)}\n\n${page.items.length} of ${total} listings.${more}`
}

const printPage = Effect.fnUntraced(function* (
  filter: LoanListingFilter,
  paging: { readonly sort: string; readonly limit: number; readonly cursor: Option.Option<string> }
) {
  const output = yield* Output
  const store = yield* Listings
  const page = yield* store.list({
    filter,
    sort: yield* sortOf(paging.sort),
    limit: paging.limit,
    ...(Option.isSome(paging.cursor) && { cursor: yield* Page.cursorFrom(paging.cursor.value) })
  })
  const total = yield* store.count(filter)
  yield* output.result(
    () => ({ total, items: page.items.map(listingRecord), next: page.next }),
    () => pageText(page, total, output.width)
  )
})

/** `list`: a page of listings. */
export const list = Command.make("list", { ...filterFlags, ...pageFlags }, (input) =>
  Effect.flatMap(filterOf(input), (filter) => printPage(filter, input)).pipe(Effect.provide(collected), presenting)
).pipe(Command.withDescription("List what was collected, page by page"))

/** `search`: listings with a text. */
export const search = Command.make(
  "search",
  { term: Argument.String("term").pipe(Argument.withDescription("What to look for")), ...filterFlags, ...pageFlags },
  (input) =>
    Effect.flatMap(filterOf(input), (filter) => printPage({ ...filter, text: input.term }, input)).pipe(
      Effect.provide(collected),
      presenting
    )
).pipe(
  Command.withDescription("Find listings by title, description or id; orebro finds Örebro"),
  Command.withExamples([
    { command: "saldo loans search radhus --min-rate 9", description: "Terraced houses at 9 % or more" }
  ])
)

const loanArgument = Argument.String("loan").pipe(Argument.withDescription("The loan's number at Kameo"))

const loanId = (text: string) => {
  const wrong = () =>
    new CliFailure({ happened: `"${text}" is not a loan's number.`, remedy: "Give one such as 5101.", exitCode: 2 })
  return Effect.mapError(Effect.fromOption(LoanId.makeOption(text.trim())), wrong)
}

const notStored = (id: string) =>
  new CliFailure({
    happened: `Loan ${id} is not in the database.`,
    remedy: "`saldo loans list` shows what is.",
    exitCode: 1
  })

/** `show`: one listing. */
export const show = Command.make("show", { loan: loanArgument }, ({ loan }) =>
  Effect.gen(function* () {
    const output = yield* Output
    const store = yield* Listings
    const id = yield* loanId(loan)
    const found = yield* store.find(kameo, id)
    if (Option.isNone(found)) return yield* notStored(id)
    yield* output.result(
      () => listingRecord(found.value),
      () => listingDetails(found.value, output.width)
    )
  }).pipe(Effect.provide(collected), presenting)
).pipe(Command.withDescription("Show one listing with everything that is known"))

/** The versions of a listing, a line for each change. */
export const historyText = (versions: ReadonlyArray<ShownVersion>, width: number | null): string =>
  table(
    [
      { heading: "When" },
      { heading: "Version", align: "right" },
      { heading: "Field" },
      { heading: "Before", flexible: true },
      { heading: "After", flexible: true }
    ],
    versions.flatMap((version) =>
      version.changes.length === 0
        ? [[instantText(version.recordedAt), String(version.version), "first seen", "", version.listing.status]]
        : version.changes.map((change, position) => [
            position === 0 ? instantText(version.recordedAt) : "",
            position === 0 ? String(version.version) : "",
            change.field,
            fieldText(change.from),
            fieldText(change.to)
          ])
    ),
    width
  )

/** `history`: how one listing changed. */
export const history = Command.make("history", { loan: loanArgument }, ({ loan }) =>
  Effect.gen(function* () {
    const output = yield* Output
    const store = yield* Listings
    const id = yield* loanId(loan)
    const versions = yield* store.history(kameo, id)
    if (versions.length === 0) return yield* notStored(id)
    const data = versions.map(({ changes, recordedAt, version }) => ({
      version,
      recordedAt: DateTime.formatIso(recordedAt),
      changes
    }))
    yield* output.result(
      () => data,
      () => historyText(versions, output.width)
    )
  }).pipe(Effect.provide(collected), presenting)
).pipe(Command.withDescription("Show how one listing changed over time"))

/** `health`: whether the database and the settings can be used. Does not call Kameo. */
export const health = Command.make("health", {}, () =>
  Effect.gen(function* () {
    const output = yield* Output
    const store = yield* LoanListingStore
    const runs = yield* CollectionRuns
    const listings = yield* store.count()
    const latest = Option.getOrUndefined(yield* runs.latest(kameo))
    const settings = yield* kameoSettingsFromConfig()
    const database = nameOf(parseTarget(yield* Database))
    const login =
      settings.credentials === null ? "no login configured; the listing can be read without" : "login configured"
    const run =
      latest === undefined
        ? "none yet"
        : `${latest.state}, ${instantText(latest.updatedAt)}, ${latest.counts.seen} loans`
    const { good } = output.paint
    yield* output.result(
      () => ({
        ok: true,
        database: { name: database, listings },
        latestRun: latest ?? null,
        login: settings.credentials !== null
      }),
      () =>
        `${good("ok")}  database       ${database}, ${listings} listings\n${good("ok")}  configuration  ${login}\n    latest run     ${run}`
    )
  }).pipe(Effect.provide(layerReading), presenting)
).pipe(Command.withDescription("Check the database and the settings; does not call Kameo"))
