/** The use cases of the bank. */
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
import { PaymentFiles } from "saldo/banking/PaymentFiles"
import type { PaymentOrder } from "saldo/banking/PaymentOrder"
import { PaymentPlans } from "saldo/banking/PaymentPlans"
import { Payments } from "saldo/banking/Payments"
import { Atomic } from "saldo/core/Atomic"
import { active, details, documents, quirina } from "../banking/customerBank.ts"
import { sek } from "../banking/depositBank.ts"
import { creditor } from "../banking/paymentBank.ts"
import { anew, another, inner, key, own, sweep, type UseCase } from "./everything.ts"
import { statementReconciliation } from "./reconciliation.ts"

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

const payee = { name: Redacted.make("Bo Ek"), account: creditor.account }

const listed = Effect.flatMap(inBusiness, (customerId) =>
  Beneficiaries.use(({ add }) => add({ key: key("listed"), customerId, ...payee }))
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
  reads: {
    find: own(inBusiness, (id) => Customers.use(({ find }) => find(id))),
    findByRegistration: own(inBusiness, () =>
      Customers.use(({ findByRegistration }) => findByRegistration("person", quirina().registration))
    ),
    inBusiness: inner(inBusiness, (id) => Customers.use((all) => all.inBusiness("bank", id))),
    list: own(inBusiness, () => Customers.use(({ list }) => list()))
  },
  writes: {
    register: anew(registered),
    change: own(registered, ({ id: customerId }) =>
      Customers.use(({ change }) => change({ key: key("1"), customerId, details }))
    ),
    submitDocuments: own(registered, ({ id: customerId }) =>
      Customers.use(({ submitDocuments }) => submitDocuments({ key: key("1"), customerId, documents }))
    ),
    verify: own(documented, (customerId) => Customers.use(({ verify }) => verify({ key: key("1"), customerId }))),
    decide: own(documented, (customerId) =>
      Customers.use(({ decide }) =>
        decide({ key: key("1"), customerId, verdict: "rejected", reasons: ["fraud"], expiresAt: null })
      )
    ),
    activate: own(verified, (customerId) => Customers.use(({ activate }) => activate({ key: key("1"), customerId }))),
    restrict: own(inBusiness, (customerId) =>
      Customers.use(({ restrict }) => restrict({ key: key("1"), customerId, reason: "fraud" }))
    ),
    lift: own(restricted, (customerId) =>
      Customers.use(({ lift }) => lift({ key: key("1"), customerId, reason: "fraud" }))
    ),
    close: own(inBusiness, (customerId) => Customers.use(({ close }) => close({ key: key("1"), customerId }))),
    erase: own(closed, (customerId) => Customers.use(({ erase }) => erase({ key: key("1"), customerId }))),
    expireApprovals: sweep(
      Effect.andThen(inBusiness, TestClock.adjust("2000 days")),
      Customers.use(({ expireApprovals }) => expireApprovals())
    )
  }
}

const beneficiaries: UseCase = {
  methods: Beneficiaries.useSync(Object.keys),
  reads: {
    find: own(listed, ({ id }) => Beneficiaries.use(({ find }) => find(id))),
    list: own(listed, ({ customerId }) => Beneficiaries.use(({ list }) => list(customerId)))
  },
  writes: {
    add: own(inBusiness, (customerId) => Beneficiaries.use(({ add }) => add({ key: key("1"), customerId, ...payee }))),
    remove: own(listed, ({ id: beneficiaryId }) =>
      Beneficiaries.use(({ remove }) => remove({ key: key("1"), beneficiaryId }))
    )
  }
}

const depositAccounts: UseCase = {
  methods: DepositAccounts.useSync(Object.keys),
  reads: {
    balance: own(deposited, ({ id }) => DepositAccounts.use(({ balance }) => balance(id))),
    find: own(deposited, ({ id }) => DepositAccounts.use(({ find }) => find(id))),
    list: own(deposited, () => DepositAccounts.use(({ list }) => list()))
  },
  writes: {
    open: own(inBusiness, (customerId) =>
      DepositAccounts.use(({ open }) => open({ ...opening, key: key("1"), customerId }))
    ),
    close: own(opened, ({ id: accountId }) => DepositAccounts.use(({ close }) => close({ key: key("1"), accountId }))),
    block: own(opened, ({ id }) => DepositAccounts.use(({ block }) => block(id))),
    unblock: own(
      Effect.tap(opened, ({ id }) => DepositAccounts.use(({ block }) => block(id))),
      ({ id }) => DepositAccounts.use(({ unblock }) => unblock(id))
    )
  }
}

const depositTransactions: UseCase = {
  methods: DepositTransactions.useSync(Object.keys),
  reads: {
    quote: own(deposited, ({ id }) => DepositTransactions.use(({ quote }) => quote(id, "withdrawal", sek("1.00"))))
  },
  writes: {
    deposit: own(opened, ({ id: accountId }) =>
      DepositTransactions.use(({ deposit }) => deposit({ key: key("1"), accountId, amount: sek("5.00") }))
    ),
    withdraw: own(announced, (withdrawal) =>
      DepositTransactions.use(({ withdraw }) => withdraw({ key: key("1"), ...withdrawal }))
    ),
    transfer: own(
      Effect.all([
        announced,
        Effect.flatMap(inBusiness, (customerId) =>
          DepositAccounts.use(({ open }) => open({ ...opening, key: key("other"), customerId }))
        )
      ]),
      ([{ accountId: from, amount }, { id: to }]) =>
        DepositTransactions.use(({ transfer }) => transfer({ key: key("1"), from, to, amount }))
    ),
    announce: own(deposited, ({ id: accountId }) =>
      DepositTransactions.use(({ announce }) => announce({ key: key("1"), accountId, amount: sek("5.00") }))
    )
  }
}

const depositEndOfDay: UseCase = {
  methods: DepositEndOfDay.useSync(Object.keys),
  reads: {},
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
  reads: {
    find: inner(asked, ({ id }) => Approvals.use(({ find }) => find(id))),
    overdue: inner(asked, () => Approvals.use(({ overdue }) => overdue("limit", 10))),
    waiting: own(asked, () => Approvals.use(({ waiting }) => waiting("limit")))
  },
  writes: {
    request: inner(Effect.void, () => asked),
    decide: own(asked, ({ id }) => Approvals.use(({ decide }) => decide(id, { state: "approved", comment: null })), {
      by: () => another
    }),
    withdraw: inner(asked, ({ id }) => Approvals.use(({ withdraw }) => withdraw(id))),
    expire: inner(Effect.tap(asked, TestClock.adjust("2 hours")), ({ id }) => Approvals.use(({ expire }) => expire(id)))
  }
}

const payments: UseCase = {
  methods: Payments.useSync(Object.keys),
  reads: {
    find: own(ordered("50.00"), ({ id }) => Payments.use(({ find }) => find(id))),
    list: own(ordered("50.00"), () => Payments.use(({ list }) => list())),
    strays: own(sent, () => Payments.use(({ strays }) => strays)),
    policy: inner(Effect.void, () => Effect.void)
  },
  writes: {
    place: inner(deposited, ({ id }) =>
      Effect.gen(function* () {
        const executeOn = yield* Effect.flatMap(BankCalendar, ({ today }) => today)
        const terms = { ...wish(id, "50.00"), executeOn }
        const draft = { terms, createdBy: "system", consented: false, plan: null }
        return yield* Atomic.use((atomic) => atomic.runLocking(Payments.use(({ place }) => place(draft))))
      })
    ),
    create: own(deposited, ({ id }) => Payments.use(({ create }) => create({ key: key("1"), ...wish(id, "50.00") }))),
    decide: own(
      ordered("500.00"),
      ({ id }) => Payments.use(({ decide }) => decide({ key: key("1"), id, approve: true, comment: null })),
      { by: () => another }
    ),
    cancel: own(ordered("50.00"), ({ id }) => Payments.use(({ cancel }) => cancel({ key: key("1"), id }))),
    hear: own(
      sent,
      ({ amount, endToEndId }) =>
        Payments.use(({ hear }) =>
          hear("simulator", { id: "1", endToEndId, _tag: "Returned", returnId: "1", amount, reason: null })
        ),
      { reach: "new" }
    ),
    work: sweep(
      ordered("50.00"),
      Payments.use(({ work }) => work())
    )
  }
}

const handOver = (name: string, { accountId, executeOn: through }: PaymentOrder) =>
  PaymentFiles.use((files) => files.export({ key: key(name), accountId, through }))

const paymentFiles: UseCase = {
  methods: PaymentFiles.useSync(Object.keys),
  reads: {
    find: own(
      Effect.flatMap(ordered("50.00"), (order) => handOver("handed", order)),
      ({ messageId }) => PaymentFiles.use(({ find }) => find(messageId))
    )
  },
  writes: { export: own(ordered("50.00"), (order) => handOver("1", order)) }
}

const planOf = (name: string, amount: string) =>
  Effect.fnUntraced(function* ({ id }: { readonly id: DepositAccountId }) {
    const startOn = yield* Effect.flatMap(BankCalendar, ({ today }) => today)
    const every = {
      recurrence: { kind: "weeks", every: 1 },
      ends: { kind: "never" },
      adjustment: "unadjusted"
    } as const
    const schedule = { startOn, ...every, skipped: [], pauses: [] }
    return yield* PaymentPlans.use(({ create }) => create({ key: key(name), ...wish(id, amount), schedule }))
  })

const planned = (amount: string) => Effect.flatMap(deposited, planOf("planned", amount))

const plan = planned("50.00")

const paymentPlans: UseCase = {
  methods: PaymentPlans.useSync(Object.keys),
  reads: {
    find: own(plan, ({ id }) => PaymentPlans.use(({ find }) => find(id))),
    list: own(plan, () => PaymentPlans.use(({ list }) => list())),
    payments: own(plan, ({ id }) => PaymentPlans.use((plans) => plans.payments(id))),
    upcoming: own(plan, ({ id, schedule: { startOn } }) =>
      PaymentPlans.use(({ upcoming }) => upcoming(id, { start: startOn, end: startOn }))
    )
  },
  writes: {
    create: own(deposited, planOf("1", "50.00")),
    decide: own(
      planned("500.00"),
      ({ id }) => PaymentPlans.use(({ decide }) => decide({ key: key("1"), id, approve: true, comment: null })),
      { by: () => another }
    ),
    change: own(plan, ({ id, schedule: { startOn } }) =>
      PaymentPlans.use(({ change }) => change({ key: key("1"), id, skipped: [startOn], pauses: [] }))
    ),
    cancel: own(plan, ({ id }) => PaymentPlans.use(({ cancel }) => cancel({ key: key("1"), id }))),
    work: sweep(
      plan,
      PaymentPlans.use(({ work }) => work())
    )
  }
}

const bankBooks: UseCase = {
  methods: BankBooks.useSync(Object.keys),
  reads: {},
  writes: { account: inner(Effect.void, () => BankBooks.use(({ account }) => account("bank", "cash", "EUR"))) }
}

const depositStatements: UseCase = {
  methods: DepositStatements.useSync(Object.keys),
  reads: {
    statement: own(deposited, ({ id, openedOn }) =>
      DepositStatements.use(({ statement }) => statement(id, { start: openedOn, end: openedOn }))
    ),
    year: own(deposited, ({ id }) => DepositStatements.use(({ year }) => year(id, 2026)))
  },
  writes: {}
}

/** What other use cases ask; of those only the methods count. */
const asking = (methods: UseCase["methods"], ...reads: ReadonlyArray<string>): UseCase => ({
  methods,
  reads: Object.fromEntries(reads.map((name) => [name, inner(Effect.void, () => Effect.void)])),
  writes: {}
})

/** The use cases of the bank, by their names. */
export const bank = {
  AccountHolders: asking(AccountHolders.useSync(Object.keys), "find", "lock"),
  Approvals: approvals,
  BankBooks: bankBooks,
  BankCalendar: asking(BankCalendar.useSync(Object.keys), "dateOf", "today"),
  Beneficiaries: beneficiaries,
  CustomerObligations: asking(CustomerObligations.useSync(Object.keys), "open"),
  Customers: customers,
  DepositAccounts: depositAccounts,
  DepositEndOfDay: depositEndOfDay,
  DepositProducts: asking(DepositProducts.useSync(Object.keys), "find", "offered"),
  DepositStatements: depositStatements,
  DepositTransactions: depositTransactions,
  PaymentFiles: paymentFiles,
  PaymentPlans: paymentPlans,
  PaymentAccounts: asking(PaymentAccounts.useSync(Object.keys), "find", "lock"),
  Payments: payments,
  StatementReconciliation: statementReconciliation
}
