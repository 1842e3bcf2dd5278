/** What the use cases of the bank write. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { AccountHolders } from "saldo/banking/AccountHolders"
import { Approvals } from "saldo/banking/Approvals"
import { BankBooks } from "saldo/banking/BankBooks"
import { BankCalendar } from "saldo/banking/BankCalendar"
import { Beneficiaries } from "saldo/banking/Beneficiaries"
import { CustomerObligations } from "saldo/banking/CustomerObligations"
import { Customers } from "saldo/banking/Customers"
import type { DepositAccountId } from "saldo/banking/DepositAccount"
import { DepositAccounts } from "saldo/banking/DepositAccounts"
import { DepositEndOfDay } from "saldo/banking/DepositEndOfDay"
import { ProductId } from "saldo/banking/DepositProduct"
import { DepositProducts } from "saldo/banking/DepositProducts"
import { DepositStatements } from "saldo/banking/DepositStatements"
import { DepositTransactions } from "saldo/banking/DepositTransactions"
import { PaymentAccounts } from "saldo/banking/PaymentAccounts"
import { Payments } from "saldo/banking/Payments"
import { as } from "saldo/core/Actor"
import { active, details, documents, quirina } from "../banking/customerBank.ts"
import { sek } from "../banking/depositBank.ts"
import { creditor } from "../banking/paymentBank.ts"
import { another, key, nothing, sweep, type UseCase, write } from "./writes.ts"

const registered = Customers.use(({ register }) => register(quirina("registered")))

/** Documents that a verifier can judge. */
const documented = Effect.gen(function* () {
  const { id: customerId } = yield* registered
  yield* Customers.use(({ submitDocuments }) => submitDocuments({ key: key("documented"), customerId, documents }))
  return customerId
})

const verified = Effect.tap(documented, (customerId) =>
  Customers.use(({ verify }) => verify({ key: key("verified"), customerId }))
)

const inBusiness = Effect.map(active, ({ id }) => id)

const restricted = Effect.tap(inBusiness, (customerId) =>
  Customers.use(({ restrict }) => restrict({ key: key("restricted"), customerId, reason: "fraud" }))
)

const closed = Effect.tap(inBusiness, (customerId) =>
  Customers.use(({ close }) => close({ key: key("closed"), customerId }))
)

const listed = Effect.flatMap(inBusiness, (customerId) =>
  Beneficiaries.use(({ add }) =>
    add({ key: key("listed"), customerId, name: Redacted.make("Bo Ek"), account: creditor.account })
  )
)

const opening = { productId: ProductId.make("savings") }

const opened = Effect.flatMap(inBusiness, (customerId) =>
  DepositAccounts.use(({ open }) => open({ ...opening, key: key("opened"), customerId }))
)

const deposited = Effect.tap(opened, ({ id: accountId }) =>
  DepositTransactions.use(({ deposit }) => deposit({ key: key("deposited"), accountId, amount: sek("1000.00") }))
)

const announced = Effect.gen(function* () {
  const { id: accountId } = yield* deposited
  const withdrawal = { accountId, amount: sek("100.00") }
  yield* DepositTransactions.use(({ announce }) => announce({ key: key("announced"), ...withdrawal }))
  yield* TestClock.adjust("2 days")
  return withdrawal
})

const asked = Approvals.use(({ request }) =>
  request({ subject: { type: "limit", id: "limit_1" }, within: "1 hour", requestedBy: "anna" })
)

const wish = (accountId: DepositAccountId, amount: string) => ({ accountId, amount: sek(amount), creditor })

const ordered = (amount: string) =>
  Effect.flatMap(deposited, ({ id }) =>
    Payments.use(({ create }) => create({ key: key("ordered"), ...wish(id, amount) }))
  )

const sent = Effect.tap(
  ordered("50.00"),
  Payments.use(({ work }) => work())
)

const customers: UseCase = {
  methods: Customers.useSync(Object.keys),
  reads: ["find", "findByRegistration", "inBusiness", "list"],
  writes: {
    register: write(nothing, () => registered),
    change: write(registered, ({ id: customerId }) =>
      Customers.use(({ change }) => change({ key: key("1"), customerId, details }))
    ),
    submitDocuments: write(nothing, () => documented),
    verify: write(documented, (customerId) => Customers.use(({ verify }) => verify({ key: key("1"), customerId }))),
    decide: write(documented, (customerId) =>
      Customers.use(({ decide }) =>
        decide({ key: key("1"), customerId, verdict: "rejected", reasons: ["fraud"], expiresAt: null })
      )
    ),
    activate: write(verified, (customerId) => Customers.use(({ activate }) => activate({ key: key("1"), customerId }))),
    restrict: write(inBusiness, (customerId) =>
      Customers.use(({ restrict }) => restrict({ key: key("1"), customerId, reason: "fraud" }))
    ),
    lift: write(restricted, (customerId) =>
      Customers.use(({ lift }) => lift({ key: key("1"), customerId, reason: "fraud" }))
    ),
    close: write(inBusiness, (customerId) => Customers.use(({ close }) => close({ key: key("1"), customerId }))),
    erase: write(closed, (customerId) => Customers.use(({ erase }) => erase({ key: key("1"), customerId }))),
    expireApprovals: sweep(
      Effect.andThen(inBusiness, TestClock.adjust("2000 days")),
      Customers.use(({ expireApprovals }) => expireApprovals())
    )
  }
}

const beneficiaries: UseCase = {
  methods: Beneficiaries.useSync(Object.keys),
  reads: ["find", "list"],
  writes: {
    add: write(nothing, () => listed),
    remove: write(listed, ({ id: beneficiaryId }) =>
      Beneficiaries.use(({ remove }) => remove({ key: key("1"), beneficiaryId }))
    )
  }
}

const depositAccounts: UseCase = {
  methods: DepositAccounts.useSync(Object.keys),
  reads: ["balance", "find", "list"],
  writes: {
    open: write(inBusiness, (customerId) =>
      DepositAccounts.use(({ open }) => open({ ...opening, key: key("1"), customerId }))
    ),
    close: write(opened, ({ id: accountId }) =>
      DepositAccounts.use(({ close }) => close({ key: key("1"), accountId }))
    ),
    block: write(opened, ({ id }) => DepositAccounts.use(({ block }) => block(id))),
    unblock: write(
      Effect.tap(opened, ({ id }) => DepositAccounts.use(({ block }) => block(id))),
      ({ id }) => DepositAccounts.use(({ unblock }) => unblock(id))
    )
  }
}

const depositTransactions: UseCase = {
  methods: DepositTransactions.useSync(Object.keys),
  reads: ["quote"],
  writes: {
    deposit: write(opened, ({ id: accountId }) =>
      DepositTransactions.use(({ deposit }) => deposit({ key: key("1"), accountId, amount: sek("5.00") }))
    ),
    withdraw: write(announced, (withdrawal) =>
      DepositTransactions.use(({ withdraw }) => withdraw({ key: key("1"), ...withdrawal }))
    ),
    transfer: write(
      Effect.all([
        announced,
        Effect.flatMap(inBusiness, (customerId) =>
          DepositAccounts.use(({ open }) => open({ ...opening, key: key("other"), customerId }))
        )
      ]),
      ([{ accountId: from, amount }, { id: to }]) =>
        DepositTransactions.use(({ transfer }) => transfer({ key: key("1"), from, to, amount }))
    ),
    announce: write(deposited, ({ id: accountId }) =>
      DepositTransactions.use(({ announce }) => announce({ key: key("1"), accountId, amount: sek("5.00") }))
    )
  }
}

const depositEndOfDay: UseCase = {
  methods: DepositEndOfDay.useSync(Object.keys),
  reads: [],
  writes: {
    run: sweep(
      deposited,
      Effect.flatMap(BankCalendar, ({ today }) =>
        Effect.flatMap(today, (through) => DepositEndOfDay.use(({ run }) => run(through)))
      )
    )
  }
}

const approvals: UseCase = {
  methods: Approvals.useSync(Object.keys),
  reads: ["find", "overdue", "waiting"],
  writes: {
    request: write(nothing, () => asked),
    decide: write(asked, ({ id }) =>
      Approvals.use(({ decide }) => decide(id, { state: "approved", comment: null })).pipe(as(another))
    ),
    withdraw: write(asked, ({ id }) => Approvals.use(({ withdraw }) => withdraw(id))),
    expire: write(Effect.tap(asked, TestClock.adjust("2 hours")), ({ id }) => Approvals.use(({ expire }) => expire(id)))
  }
}

const payments: UseCase = {
  methods: Payments.useSync(Object.keys),
  reads: ["find", "list", "strays"],
  writes: {
    create: write(deposited, ({ id }) => Payments.use(({ create }) => create({ key: key("1"), ...wish(id, "50.00") }))),
    decide: write(ordered("500.00"), ({ id }) =>
      Payments.use(({ decide }) => decide({ key: key("1"), id, approve: true, comment: null })).pipe(as(another))
    ),
    cancel: write(ordered("50.00"), ({ id }) => Payments.use(({ cancel }) => cancel({ key: key("1"), id }))),
    hear: write(sent, ({ amount, endToEndId }) =>
      Payments.use(({ hear }) =>
        hear("simulator", { id: "1", endToEndId, _tag: "Returned", returnId: "1", amount, reason: null })
      )
    ),
    work: sweep(
      ordered("50.00"),
      Payments.use(({ work }) => work())
    )
  }
}

const bankBooks: UseCase = {
  methods: BankBooks.useSync(Object.keys),
  reads: [],
  writes: { account: write(nothing, () => BankBooks.use(({ account }) => account("bank", "cash", "EUR"))) }
}

const reading = (methods: UseCase["methods"], reads: ReadonlyArray<string>): UseCase => ({ methods, reads, writes: {} })

/** The use cases of the bank. */
export const bank = {
  AccountHolders: reading(AccountHolders.useSync(Object.keys), ["find", "lock"]),
  Approvals: approvals,
  BankBooks: bankBooks,
  BankCalendar: reading(BankCalendar.useSync(Object.keys), ["dateOf", "today"]),
  Beneficiaries: beneficiaries,
  CustomerObligations: reading(CustomerObligations.useSync(Object.keys), ["open"]),
  Customers: customers,
  DepositAccounts: depositAccounts,
  DepositEndOfDay: depositEndOfDay,
  DepositProducts: reading(DepositProducts.useSync(Object.keys), ["find", "offered"]),
  DepositStatements: reading(DepositStatements.useSync(Object.keys), ["statement", "year"]),
  DepositTransactions: depositTransactions,
  PaymentAccounts: reading(PaymentAccounts.useSync(Object.keys), ["find", "lock"]),
  Payments: payments
}
