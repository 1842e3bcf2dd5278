/**
 * A call of the promises for each method of each use case.
 */
import { identityTools } from "@saldo/identity/identity"
import * as MemoryLoanSource from "@saldo/testing/MemoryLoanSource"
import type { Storage } from "saldo/core/Storage"
import { PlatformId } from "saldo/lending/LoanListing"
import { LoanPlatform } from "saldo/lending/LoanPlatform"
import * as Money from "saldo/money/Money"
import { createSaldo, type IdentityBankSaldo } from "saldo/promise"

const unasked = () => Promise.reject(new Error("nothing is sent here"))

/** A Saldo with all that one can have. */
export const openAll = (storage: Storage): Promise<IdentityBankSaldo> =>
  createSaldo({
    storage,
    workers: false,
    webhooks: { keys: { current: { id: "1", key: "a".repeat(64) } } },
    identity: {
      keys: { current: { id: "1", key: "a".repeat(64) }, index: "b".repeat(64) },
      tools: identityTools({ issuer: "https://bank.example" }),
      mail: unasked,
      pages: {
        "verify-email": "https://bank.example/verify",
        "reset-password": "https://bank.example/reset",
        "accept-invitation": "https://bank.example/welcome",
        "change-email": "https://bank.example/new-address"
      }
    },
    bank: {
      keys: { current: { id: "1", key: "a".repeat(64) }, index: "b".repeat(64) },
      products: [],
      kyc: "reference",
      rail: {
        name: "closed",
        inTransitMs: 1,
        send: unasked,
        query: unasked,
        events: () => Promise.resolve({ events: [], next: "0" })
      }
    }
  })

/** Collects from a platform that has nothing. */
export const collect = (saldo: Pick<IdentityBankSaldo, "loans">) =>
  saldo.loans.collect(
    new LoanPlatform(
      "covered",
      MemoryLoanSource.layer({ platform: PlatformId.make("covered"), pages: () => [{ listings: [] }] })
    )
  )

const amount = Money.of("1.00", "SEK")
const [email, password, token] = ["anna@example.test", "four random wombats sing", "not in any mail"]
const postings = { postings: [] }

/** A call for each method of each use case, named by it. Most are refused, as there is nothing yet; none is misunderstood. */
export const calls: Readonly<Record<string, (saldo: IdentityBankSaldo, id: IdentityBankSaldo["newId"]) => unknown>> = {
  "ApiKeys.list": ({ identity }) => identity.apiKeys.list(),
  "ApiKeys.listAll": ({ identity }) => identity.apiKeys.listAll(),
  "ApiKeys.make": ({ identity }) => identity.apiKeys.make({ name: "Nightly", scopes: ["bank:read"], expiresAt: null }),
  "ApiKeys.revoke": ({ identity }, id) => identity.apiKeys.revoke(id("apikey")),
  "Approvals.decide": async ({ bank }) => {
    const { id } = await bank.approvals.request({ subject: { type: "discount", id: "1" }, withinMs: 1000 })
    return bank.approvals.decide(id, { state: "approved", comment: null })
  },
  "Approvals.expire": async ({ bank }) => {
    await bank.approvals.request({ subject: { type: "discount", id: "2" }, withinMs: 1 })
    await new Promise((resolve) => setTimeout(resolve, 5))
    return bank.approvals.expireOverdue("discount")
  },
  "Approvals.find": ({ bank }, id) => bank.approvals.find(id("appr")),
  "Approvals.overdue": ({ bank }) => bank.approvals.expireOverdue("discount"),
  "Approvals.request": ({ bank }) => bank.approvals.request({ subject: { type: "discount", id: "3" }, withinMs: 1 }),
  "Approvals.waiting": ({ bank }) => bank.approvals.waiting("discount"),
  "Approvals.withdraw": async ({ bank }) => {
    const { id } = await bank.approvals.request({ subject: { type: "discount", id: "4" }, withinMs: 1000 })
    return bank.approvals.withdraw(id)
  },
  "AuditRetention.erase": ({ audit }) => audit.erase({ _tag: "Tenant" }),
  "AuditRetention.hold": ({ audit }) => audit.hold({ _tag: "Tenant" }, "a court asks"),
  "AuditRetention.holds": ({ audit }) => audit.holds(),
  "AuditRetention.purge": ({ audit }) => audit.purge([{ action: "host.*", keepDays: 1 }]),
  "AuditRetention.release": ({ audit }, id) => audit.release(id("audithold")),
  "AuditTrail.exportLines": ({ audit }) => audit.exportLines(),
  "AuditTrail.head": ({ audit }) => audit.head(),
  "AuditTrail.query": ({ audit }) => audit.query(),
  "AuditTrail.record": ({ audit }) => audit.record({ action: "host.act", subject: { type: "thing", id: "1" } }),
  "AuditTrail.recordSecurity": ({ audit }) =>
    audit.recordSecurity({ action: "host.alarm", subject: { type: "thing", id: "1" } }),
  "AuditTrail.seal": ({ audit }) => audit.seal(),
  "AuditTrail.verify": ({ audit }) => audit.verify(),
  "Authentication.apiKey": ({ identity }) => identity.authenticate({ scheme: "apiKey", text: token }),
  "Authentication.bearer": ({ identity }) => identity.authenticate({ scheme: "bearer", text: token }),
  "Authentication.session": ({ identity }) => identity.authenticateSession(token),
  "Beneficiaries.add": ({ bank }, id) =>
    bank.beneficiaries.add({
      key: "1",
      customerId: id("cust"),
      name: "Bo Ek",
      account: { scheme: "Bankgiro", text: "5050-1055" }
    }),
  "Beneficiaries.find": ({ bank }, id) => bank.beneficiaries.find(id("bene")),
  "Beneficiaries.list": ({ bank }, id) => bank.beneficiaries.list(id("cust")),
  "Beneficiaries.remove": ({ bank }, id) => bank.beneficiaries.remove({ key: "1", beneficiaryId: id("bene") }),
  "Customers.activate": ({ bank }, id) => bank.customers.activate({ key: "1", customerId: id("cust") }),
  "Customers.change": ({ bank }, id) =>
    bank.customers.change({ key: "1", customerId: id("cust"), details: { name: "Bo Ek" } }),
  "Customers.close": ({ bank }, id) => bank.customers.close({ key: "1", customerId: id("cust") }),
  "Customers.decide": ({ bank }, id) =>
    bank.customers.decide({
      key: "1",
      customerId: id("cust"),
      verdict: "rejected",
      reasons: ["fraud"],
      expiresAt: null
    }),
  "Customers.erase": ({ bank }, id) => bank.customers.erase({ key: "1", customerId: id("cust") }),
  "Customers.expireApprovals": ({ bank }) => bank.customers.expireApprovals(),
  "Customers.find": ({ bank }, id) => bank.customers.find(id("cust")),
  "Customers.findByRegistration": ({ bank }) =>
    bank.customers.findByRegistration("person", { scheme: "SwedishPersonalNumber", number: "19811218-9876" }),
  "Customers.lift": ({ bank }, id) => bank.customers.lift({ key: "1", customerId: id("cust"), reason: "fraud" }),
  "Customers.list": ({ bank }) => bank.customers.list(),
  "Customers.register": ({ bank }) =>
    bank.customers.register({
      key: "1",
      kind: "person",
      registration: { scheme: "SwedishPersonalNumber", number: "19811218-9876" },
      details: { name: "Bo Ek" }
    }),
  "Customers.restrict": ({ bank }, id) =>
    bank.customers.restrict({ key: "1", customerId: id("cust"), reason: "fraud" }),
  "Customers.submitDocuments": ({ bank }, id) =>
    bank.customers.submitDocuments({ key: "1", customerId: id("cust"), documents: [] }),
  "Customers.verify": ({ bank }, id) => bank.customers.verify({ key: "1", customerId: id("cust") }),
  "DepositAccounts.balance": ({ bank }, id) => bank.accounts.balance(id("dep")),
  "DepositAccounts.block": ({ bank }, id) => bank.accounts.block(id("dep")),
  "DepositAccounts.close": ({ bank }, id) => bank.accounts.close({ key: "1", accountId: id("dep") }),
  "DepositAccounts.find": ({ bank }, id) => bank.accounts.find(id("dep")),
  "DepositAccounts.list": ({ bank }) => bank.accounts.list(),
  "DepositAccounts.open": ({ bank }, id) =>
    bank.accounts.open({ key: "1", customerId: id("cust"), productId: "savings" }),
  "DepositAccounts.unblock": ({ bank }, id) => bank.accounts.unblock(id("dep")),
  "DepositEndOfDay.run": ({ bank }) => bank.accounts.endDay("2026-01-01"),
  "DepositProducts.find": ({ bank }) => bank.products.find({ productId: "savings", version: 1 }),
  "DepositProducts.offered": ({ bank }) => bank.products.offered("savings", "2026-01-01"),
  "DepositStatements.statement": ({ bank }, id) =>
    bank.accounts.statement(id("dep"), { start: "2026-01-01", end: "2026-02-01" }),
  "DepositStatements.year": ({ bank }, id) => bank.accounts.year(id("dep"), 2026),
  "DepositTransactions.announce": ({ bank }, id) =>
    bank.transactions.announce({ key: "1", accountId: id("dep"), amount }),
  "DepositTransactions.deposit": ({ bank }, id) =>
    bank.transactions.deposit({ key: "1", accountId: id("dep"), amount }),
  "DepositTransactions.quote": ({ bank }, id) => bank.transactions.quote(id("dep"), "withdrawal", amount),
  "DepositTransactions.transfer": ({ bank }, id) =>
    bank.transactions.transfer({ key: "1", from: id("dep"), to: id("dep"), amount }),
  "DepositTransactions.withdraw": ({ bank }, id) =>
    bank.transactions.withdraw({ key: "1", accountId: id("dep"), amount }),
  "Ledger.account": ({ ledger }, id) => ledger.account(id("acct")),
  "Ledger.accountByCode": ({ ledger }) => ledger.accountByCode("cash"),
  "Ledger.accounts": ({ ledger }) => ledger.accounts(),
  "Ledger.activity": ({ ledger }, id) => ledger.activity(id("acct")),
  "Ledger.balance": ({ ledger }, id) => ledger.balance(id("acct")),
  "Ledger.capture": ({ ledger }, id) => ledger.capture({ key: "1", holdId: id("hold") }),
  "Ledger.changeAccount": ({ ledger }, id) => ledger.changeAccount(id("acct"), { frozen: true }),
  "Ledger.commit": ({ ledger }) => ledger.commit({ key: "1", operations: [{ _tag: "Post", ...postings }] }),
  "Ledger.commitAll": ({ ledger }) => ledger.commitAll([]),
  "Ledger.entries": ({ ledger }) => ledger.entries(),
  "Ledger.entry": ({ ledger }, id) => ledger.entry(id("entry")),
  "Ledger.expireHolds": ({ ledger }) => ledger.expireHolds(),
  "Ledger.exportLines": ({ ledger }) => ledger.exportLines(),
  "Ledger.hold": ({ ledger }, id) => ledger.hold(id("hold")),
  "Ledger.holds": ({ ledger }) => ledger.holds(),
  "Ledger.openAccount": ({ ledger }) =>
    ledger.openAccount({ code: "cash", name: "Cash", type: "asset", currency: "SEK" }),
  "Ledger.placeHold": ({ ledger }, id) =>
    ledger.placeHold({ key: "1", holdId: id("hold"), debit: id("acct"), credit: id("acct"), amount }),
  "Ledger.plan": ({ ledger }) => ledger.plan({ key: "1", operations: [{ _tag: "Post", ...postings }] }),
  "Ledger.post": ({ ledger }) => ledger.post({ key: "1", ...postings }),
  "Ledger.reverse": ({ ledger }, id) => ledger.reverse({ key: "1", entryId: id("entry") }),
  "Ledger.statement": ({ ledger }, id) => ledger.statement(id("acct"), { from: "2026-01-01", to: "2026-01-31" }),
  "Ledger.trialBalance": ({ ledger }) => ledger.trialBalance(),
  "Ledger.verify": ({ ledger }) => ledger.verify(),
  "Ledger.voidHold": ({ ledger }, id) => ledger.voidHold({ key: "1", holdId: id("hold") }),
  "LoanCollection.run": collect,
  "Payments.cancel": ({ bank }, id) => bank.payments.cancel({ key: "1", id: id("pay") }),
  "Payments.create": ({ bank }, id) =>
    bank.payments.create({
      key: "1",
      accountId: id("dep"),
      amount,
      creditor: { name: "Bo Ek", account: { scheme: "Bankgiro", text: "5050-1055" } }
    }),
  "Payments.decide": ({ bank }, id) => bank.payments.decide({ key: "1", id: id("pay"), approve: true, comment: null }),
  "Payments.find": ({ bank }, id) => bank.payments.find(id("pay")),
  "Payments.hear": ({ bank }) =>
    bank.payments.hear("sparbanken", {
      _tag: "Reported",
      id: "1",
      endToEndId: "unknown",
      report: { status: "ACSC", reason: null }
    }),
  "Payments.list": ({ bank }) => bank.payments.list(),
  "Payments.strays": ({ bank }) => bank.payments.strays(),
  "PaymentFiles.export": ({ bank }, id) => bank.files.export({ key: "1", accountId: id("dep"), through: "2026-01-01" }),
  "PaymentFiles.find": ({ bank }) => bank.files.find("unknown"),
  "PaymentPlans.cancel": ({ bank }, id) => bank.plans.cancel({ key: "1", id: id("plan") }),
  "PaymentPlans.change": ({ bank }, id) => bank.plans.change({ key: "1", id: id("plan"), skipped: [], pauses: [] }),
  "PaymentPlans.create": ({ bank }, id) =>
    bank.plans.create({
      key: "1",
      accountId: id("dep"),
      amount,
      creditor: { name: "Bo Ek", account: { scheme: "Bankgiro", text: "5050-1055" } },
      schedule: {
        startOn: "2026-01-31",
        recurrence: { kind: "months", every: 1, day: "last" },
        ends: { kind: "never" },
        adjustment: "following",
        skipped: [],
        pauses: []
      }
    }),
  "PaymentPlans.decide": ({ bank }, id) =>
    bank.plans.decide({ key: "1", id: id("plan"), approve: true, comment: null }),
  "PaymentPlans.find": ({ bank }, id) => bank.plans.find(id("plan")),
  "PaymentPlans.list": ({ bank }) => bank.plans.list(),
  "PaymentPlans.payments": ({ bank }, id) => bank.plans.payments(id("plan")),
  "PaymentPlans.upcoming": ({ bank }, id) =>
    bank.plans.upcoming(id("plan"), { start: "2026-01-01", end: "2026-03-01" }),
  "PaymentPlans.work": ({ bank }) => bank.plans.work(),
  "Payments.work": ({ bank }) => bank.payments.work(),
  "PersonalData.rewrap": ({ bank }) => bank.customers.rewrapKeys(),
  "Sessions.list": ({ identity }) => identity.sessions.list(),
  "Sessions.listOf": ({ identity }, id) => identity.sessions.listOf(id("user")),
  "Sessions.purge": ({ identity }) => identity.sessions.purge(),
  "Sessions.refresh": ({ identity }) => identity.sessions.refresh(token),
  "Sessions.revoke": ({ identity }, id) => identity.sessions.revoke(id("sess")),
  "Sessions.revokeAll": ({ identity }) => identity.sessions.revokeAll(),
  "Sessions.revokeAllOf": ({ identity }, id) => identity.sessions.revokeAllOf(id("user")),
  "Sessions.signIn": ({ identity }) => identity.sessions.signIn({ email, password }),
  "Sessions.signOut": ({ identity }) => identity.sessions.signOut(token),
  "SigningKeys.keep": ({ identity }) => identity.signingKeys.keep(),
  "SigningKeys.published": ({ identity }) => identity.signingKeys.published(),
  "SigningKeys.reseal": ({ identity }) => identity.signingKeys.reseal(),
  "SigningKeys.rotate": ({ identity }) => identity.signingKeys.rotate(),
  "SigningKeys.withdraw": ({ identity }, id) => identity.signingKeys.withdraw(id("sigkey")),
  "StatementReconciliation.accept": ({ bank }, id) =>
    bank.reconciliation.accept({ key: "1", accountId: id("nostro"), reviewId: id("rrev") }),
  "StatementReconciliation.accounts": ({ bank }) => bank.reconciliation.accounts(),
  "StatementReconciliation.findMatch": ({ bank }, id) => bank.reconciliation.findMatch(id("rmat")),
  "StatementReconciliation.import": ({ bank }) => bank.reconciliation.import("<Document/>"),
  "StatementReconciliation.items": ({ bank }, id) => bank.reconciliation.items(id("nostro")),
  "StatementReconciliation.itemsOf": ({ bank }, id) => bank.reconciliation.itemsOf(id("nostro"), [id("line")]),
  "StatementReconciliation.match": ({ bank }, id) =>
    bank.reconciliation.match({ key: "1", accountId: id("nostro"), lines: [id("line")], entries: [id("entry")] }),
  "StatementReconciliation.matches": ({ bank }, id) => bank.reconciliation.matches(id("nostro")),
  "StatementReconciliation.reconcile": ({ bank }, id) => bank.reconciliation.reconcile(id("nostro")),
  "StatementReconciliation.register": ({ bank }) =>
    bank.reconciliation.register({ key: "1", currency: "SEK", number: "SE45 5000 0000 0583 9825 7466" }),
  "StatementReconciliation.report": ({ bank }, id) => bank.reconciliation.report(id("nostro")),
  "StatementReconciliation.reviews": ({ bank }, id) => bank.reconciliation.reviews(id("nostro")),
  "StatementReconciliation.setAside": ({ bank }, id) =>
    bank.reconciliation.setAside({ key: "1", accountId: id("nostro"), items: [id("line")], reason: "none of ours" }),
  "StatementReconciliation.statements": ({ bank }, id) => bank.reconciliation.statements(id("nostro")),
  "StatementReconciliation.takeBack": ({ bank }, id) =>
    bank.reconciliation.takeBack({ key: "1", accountId: id("nostro"), items: [id("line")] }),
  "StatementReconciliation.undo": ({ bank }, id) =>
    bank.reconciliation.undo({ key: "1", matchId: id("rmat"), reason: "a mistake" }),
  "StatementReconciliation.writeOff": ({ bank }, id) =>
    bank.reconciliation.writeOff({ key: "1", accountId: id("nostro"), lineId: id("line"), reason: "rounding" }),
  "Users.acceptInvitation": ({ identity }) => identity.users.acceptInvitation({ token, password }),
  "Users.authenticate": ({ identity }) => identity.users.authenticate({ email, password }),
  "Users.beginSecondFactor": ({ identity }) => identity.users.beginSecondFactor({ password }),
  "Users.changePassword": ({ identity }) => identity.users.changePassword({ password, next: "seven purple herons" }),
  "Users.changeProfile": ({ identity }) => identity.users.changeProfile({ key: "1", name: "Anna Ek", locale: "sv" }),
  "Users.confirmEmailChange": ({ identity }) => identity.users.confirmEmailChange({ token }),
  "Users.confirmPasswordReset": ({ identity }) => identity.users.confirmPasswordReset({ token, password }),
  "Users.confirmSecondFactor": ({ identity }) => identity.users.confirmSecondFactor({ code: "123456" }),
  "Users.delete": ({ identity }) => identity.users.delete({ password }),
  "Users.find": ({ identity }, id) => identity.users.find(id("user")),
  "Users.invite": ({ identity }) =>
    identity.users.invite({ key: "2", email, name: "Anna Ek", roles: ["teller"], party: null }),
  "Users.list": ({ identity }) => identity.users.list(),
  "Users.lock": ({ identity }, id) => identity.users.lock({ key: "3", userId: id("user") }),
  "Users.me": ({ identity }) => identity.users.me(),
  "Users.purge": ({ identity }) => identity.users.purge(),
  "Users.removeSecondFactor": ({ identity }) => identity.users.removeSecondFactor({ password }),
  "Users.renewRecoveryCodes": ({ identity }) => identity.users.renewRecoveryCodes({ password }),
  "Users.requestEmailChange": ({ identity }) => identity.users.requestEmailChange({ email, password }),
  "Users.requestPasswordReset": ({ identity }) => identity.users.requestPasswordReset({ email }),
  "Users.resendVerification": ({ identity }) => identity.users.resendVerification({ email }),
  "Users.reseal": ({ identity }) => identity.users.reseal(),
  "Users.setParty": ({ identity }, id) => identity.users.setParty({ key: "4", userId: id("user"), party: null }),
  "Users.setRoles": ({ identity }, id) => identity.users.setRoles({ key: "5", userId: id("user"), roles: ["teller"] }),
  "Users.signUp": ({ identity }) => identity.users.signUp({ email, password, name: "Anna Ek" }),
  "Users.unlock": ({ identity }, id) => identity.users.unlock({ key: "6", userId: id("user") }),
  "Users.verifyEmail": ({ identity }) => identity.users.verifyEmail({ token }),
  "WebhookDispatch.forget": ({ webhooks }) => webhooks.forget(),
  "WebhookDispatch.tellAll": ({ webhooks }) => webhooks.tell(),
  "Webhooks.change": ({ webhooks }, id) =>
    webhooks.change({
      key: "1",
      endpointId: id("webhook"),
      terms: { url: "https://a.example/", description: "", events: ["*"] }
    }),
  "Webhooks.deliveries": ({ webhooks }, id) => webhooks.deliveries(id("webhook")),
  "Webhooks.find": ({ webhooks }, id) => webhooks.find(id("webhook")),
  "Webhooks.list": ({ webhooks }) => webhooks.list(),
  "Webhooks.pause": ({ webhooks }, id) => webhooks.pause({ key: "1", endpointId: id("webhook") }),
  "Webhooks.redeliver": ({ webhooks }, id) =>
    webhooks.redeliver({ key: "1", endpointId: id("webhook"), deliveryId: id("delivery") }),
  "Webhooks.register": ({ webhooks }) =>
    webhooks.register({ key: "1", url: "https://a.example/", description: "Accounting", events: ["*"] }),
  "Webhooks.remove": ({ webhooks }, id) => webhooks.remove({ key: "1", endpointId: id("webhook") }),
  "Webhooks.resume": ({ webhooks }, id) => webhooks.resume({ key: "1", endpointId: id("webhook") }),
  "Webhooks.rotateSecret": ({ webhooks }, id) => webhooks.rotateSecret({ key: "1", endpointId: id("webhook") }),
  "Webhooks.skip": ({ webhooks }, id) => webhooks.skip({ key: "1", endpointId: id("webhook") })
}

/** Calls of those that read stores as they are, or are no use case's. */
export const others: Readonly<Record<string, (saldo: IdentityBankSaldo) => unknown>> = {
  all: ({ loans }) => loans.all(),
  count: ({ loans }) => loans.count(),
  find: ({ loans }) => loans.find("covered", "1"),
  history: ({ loans }) => loans.history("covered", "1"),
  list: ({ loans }) => loans.list(),
  statistics: ({ loans }) => loans.statistics()
}
