/**
 * The reconciliation of an open Saldo.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { SettlementAccountId, SettlementStatementId } from "../../banking/SettlementAccount.ts"
import * as Command from "../../banking/SettlementCommand.ts"
import { ItemSide, ItemState, SettlementItemId } from "../../banking/SettlementItem.ts"
import { SettlementMatchId } from "../../banking/SettlementMatch.ts"
import { StatementReconciliation } from "../../banking/StatementReconciliation.ts"
import { CommandKey } from "../../core/Command.ts"
import type { BankCalls } from "./bankCalls.ts"
import type { Reconciliation } from "./bankReconciliation.ts"
import { InputInvalid } from "./callOptions.ts"
import { concealed, pageOf, type Reader, reader, withParts } from "./reading.ts"

const keyed = <Fields extends Schema.Struct.Fields>(fields: Fields) => Schema.Struct({ key: CommandKey, ...fields })

const readDocument: Reader<string | Uint8Array> = (given) =>
  typeof given === "string" || given instanceof Uint8Array
    ? Effect.succeed(given)
    : Effect.fail(new InputInvalid("", "Expected a camt.053 document as text or bytes"))

const read = {
  registration: withParts({ "/number": concealed("account number") })(
    reader(keyed(Command.SettlementRegistration.fields))
  ),
  accountId: reader(SettlementAccountId),
  match: reader(keyed(Command.HandMatch.fields)),
  acceptance: reader(keyed(Command.ReviewAcceptance.fields)),
  aside: reader(keyed(Command.SettingAside.fields)),
  back: reader(keyed(Command.TakingBack.fields)),
  line: reader(keyed(Command.WritingOff.fields)),
  undoing: reader(keyed(Command.Undoing.fields)),
  items: reader(
    Schema.Struct({
      side: Schema.optionalKey(ItemSide),
      state: Schema.optionalKey(ItemState),
      statementId: Schema.optionalKey(SettlementStatementId)
    })
  ),
  itemIds: reader(Schema.Array(SettlementItemId)),
  matchId: reader(SettlementMatchId),
  matches: reader(Schema.Struct({ undone: Schema.optionalKey(Schema.Boolean) }))
}

/** The reconciliation of an open Saldo. */
export const makeReconciliation = (calls: BankCalls): Reconciliation => {
  const use = <A, E, R>(f: (reconciliation: StatementReconciliation["Service"]) => Effect.Effect<A, E, R>) =>
    StatementReconciliation.use(f)
  return {
    register: calls.reading(read.registration, (known) => use((one) => one.register(known))),
    import: calls.reading(readDocument, (document) => use((one) => one.import(document))),
    reconcile: calls.reading(read.accountId, (id) => use((one) => one.reconcile(id))),
    match: calls.reading(read.match, (known) => use((one) => one.match(known))),
    accept: calls.reading(read.acceptance, (known) => use((one) => one.accept(known))),
    setAside: calls.reading(read.aside, (known) => use((one) => one.setAside(known))),
    takeBack: calls.reading(read.back, (known) => use((one) => one.takeBack(known))),
    writeOff: calls.reading(read.line, (known) => use((one) => one.writeOff(known))),
    undo: calls.reading(read.undoing, (known) => use((one) => one.undo(known))),
    accounts: (options) =>
      calls.run(
        use((one) => one.accounts),
        options
      ),
    report: calls.reading(read.accountId, (id) => use((one) => one.report(id))),
    statements: calls.paging(read.accountId, (known, page) => use((one) => one.statements(known, page))),
    items: (id, filter = {}, options = {}) =>
      calls.run(
        Effect.flatMap(Effect.all([read.accountId(id), read.items(filter), pageOf(options)]), (known) =>
          use((one) => one.items(...known))
        ),
        options
      ),
    itemsOf: (id, ids, options) =>
      calls.run(
        Effect.flatMap(Effect.all([read.accountId(id), read.itemIds(ids)]), (known) =>
          use((one) => one.itemsOf(...known))
        ),
        options
      ),
    reviews: calls.reading(read.accountId, (id) => use((one) => one.reviews(id))),
    findMatch: calls.reading(read.matchId, (id) => use((one) => one.findMatch(id))),
    matches: (id, filter = {}, options = {}) =>
      calls.run(
        Effect.flatMap(Effect.all([read.accountId(id), read.matches(filter), pageOf(options)]), (known) =>
          use((one) => one.matches(...known))
        ),
        options
      )
  }
}
