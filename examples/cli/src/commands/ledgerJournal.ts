/**
 * `saldo ledger verify` and `export`.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { Ledger } from "saldo/ledger/Ledger"
import { CliFailure } from "../CliFailure.ts"
import { Books } from "../desk/Books.ts"
import { Output } from "../Output.ts"
import { writeFile } from "./export.ts"
import { atBooks, onBooks, tenantFlag } from "./ledgerBooks.ts"

/** `verify`: recomputes the whole journal. */
export const verify = Command.make("verify", { tenant: tenantFlag }, ({ tenant }) =>
  atBooks(
    tenant,
    Effect.gen(function* () {
      const output = yield* Output
      const ledger = yield* Books
      const { accounts, blocks, entries, findings, head } = yield* ledger.verify
      const [first] = findings
      yield* output.result(
        () => ({ whole: first === undefined, entries, blocks, accounts, head: head.hash, findings }),
        () =>
          first === undefined
            ? `Whole: ${entries} entries in ${blocks} blocks, ${accounts} accounts.\nHead: ${head.hash}`
            : findings
                .map(({ accountId, detail, problem, sequence }) => {
                  const where = sequence === null ? (accountId ?? "journal") : `entry ${sequence}`
                  return `${where}: ${problem}: ${detail}`
                })
                .join("\n")
      )
      if (first !== undefined) {
        return yield* new CliFailure({
          happened: `The journal is not whole: ${findings.length} ${findings.length === 1 ? "thing is" : "things are"} wrong.`,
          remedy: "Somebody went past the ledger; compare with a back-up, beginning at the first entry named.",
          exitCode: 1
        })
      }
    })
  )
).pipe(Command.withDescription("Recompute every hash, order and sum of the journal"))

/** `export`: the journal for an offline verifier. */
export const exportJournal = Command.make(
  "export",
  {
    out: Flag.String("out").pipe(
      Flag.withAlias("o"),
      Flag.withMetavar("file"),
      Flag.withDescription("Write to this file instead of standard output"),
      Flag.optional
    ),
    tenant: tenantFlag
  },
  ({ out, tenant }) =>
    onBooks(
      tenant,
      Effect.gen(function* () {
        const output = yield* Output
        const ledger = yield* Ledger
        let lines = 0
        const content = Stream.encodeText(
          Stream.map(ledger.exportLines, (line) => {
            lines += 1
            return `${line}\n`
          })
        )
        if (Option.isNone(out)) return yield* Stream.run(content, (yield* Stdio.Stdio).stdout())
        yield* writeFile(out.value, content)
        yield* output.result(
          () => ({ file: out.value, lines }),
          () => `${lines} lines in ${out.value}. Anyone can verify them: npx -p saldo saldo-verify-journal ${out.value}`
        )
      })
    )
).pipe(
  Command.withDescription("Write the journal and its accounts as JSON lines, for `saldo-verify-journal`"),
  Command.withExamples([{ command: "saldo ledger export --out journal.jsonl", description: "For an auditor" }])
)
