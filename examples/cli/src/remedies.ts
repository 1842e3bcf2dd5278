/**
 * What to do when a use case refuses: a sentence for each refusal, by its tag. What happened is the refusal's own message.
 */

const ledger: Readonly<Record<string, string>> = {
  AccountNotFound: "Run `saldo ledger accounts` to see the codes, or open it with `saldo ledger open`.",
  AccountTaken: "Choose another code; `saldo ledger accounts` shows those that are there.",
  AccountUnavailable: "Use another account, or have this one opened again.",
  CommandInProgress: "Wait a moment, and send it again as it is.",
  CommandInvalid: "Correct the amounts and accounts, and send it again.",
  IdempotencyMismatch: "Leave --key out, or use another.",
  InsufficientFunds: "Post less, or let the account go lower.",
  MaximumExceeded: "Post less, or let the account hold more.",
  LiquidityAccountMissing: "Exchange through accounts that were made for it.",
  ParentUnsuitable: "Choose a parent of the same type and currency.",
  ValueDateInFuture: "Use today or an earlier day.",
  WrongCurrency: "Use accounts of one currency."
}

const customers: Readonly<Record<string, string>> = {
  ApprovalExpired: "Give it an end in the future.",
  CustomerChanged: "Run the command again.",
  CustomerErased: "Nothing personal is left; register whoever comes back as a new customer.",
  CustomerNotFound: "Run `saldo bank customers list` to see the customers.",
  CustomerStateUnfit: "Run `saldo bank customers show` to see how the customer stands.",
  DataKeyUnreadable: "Put the key file that belongs to this database beside it, or give its keys in SALDO_KEYS.",
  KycNotApproved: "Have the customer verified with `saldo bank customers approve`.",
  KycUnavailable: "Run the command again later.",
  ObligationsOpen: "Close these first.",
  RegistrationMisfit: "Register it as the other kind of customer.",
  RegistrationNumberInvalid: "Compare it with the document, and write all of its digits.",
  RegistrationTaken: "Look at that customer with `saldo bank customers show`.",
  SealedDataAltered: "Somebody went past the bank; compare with a back-up.",
  TooManyDocuments: "Hand in what is needed only."
}

const deposits: Readonly<Record<string, string>> = {
  AccountHolderUnsuitable:
    "`saldo bank customers list` shows who there is; `saldo bank customers approve` lets one do business.",
  AccountNotEmpty: "Wait until the payments from it have ended, or cancel them.",
  DayNotOver: "Leave --through out, or give a day that has come.",
  DepositAccountNotFound: "Run `saldo bank accounts list` to see the accounts.",
  DepositAccountNotOpen: "Use another account.",
  DepositAmountInvalid: "Write an amount above zero, as 1234.50.",
  DepositProductInvalid: "Correct the file that SALDO_PRODUCTS names.",
  DestinationUnsuitable: "Name another account of that currency with --to; `saldo bank accounts list` shows them.",
  OpeningDepositTooSmall: "Deposit more.",
  OverdraftNotRepaid: "Deposit what is owed, and close it then.",
  ProductNotOffered: "Run `saldo bank products` to see what is offered.",
  VersionOutOfOrder: "Correct the file that SALDO_PRODUCTS names; a version that was offered stays as it is.",
  WithdrawalNotAnnounced: "Take less, or come back when the notice has run out.",
  WithdrawalsUsedUp: "Wait for the next period."
}

const payments: Readonly<Record<string, string>> = {
  AccountNumberInvalid: "Compare it with the invoice, and check that --to names its kind.",
  ApprovalByRequester: "Have a colleague do it, whose name is given by --as or SALDO_USER.",
  ApprovalEnded: "Order the payment again.",
  ApprovalNotFound: "Run `saldo bank payments list` to see the payments.",
  CreditTransfersInvalid: "Cancel the payment and order it again with what the bank takes.",
  PayerNotFound: "Run `saldo bank accounts list` to see the accounts.",
  PayerUnavailable: "Use another account, or have this one and its customer opened again.",
  PaymentDebtorUnknown:
    "Register the bank's account in that currency with `saldo bank reconcile register`, and name the bank in SALDO_BANK_NAME.",
  PaymentFileChanged: "Set SALDO_BANK_NAME as it was then.",
  PaymentFileNotFound: "`saldo bank payments show` says in which file a payment left.",
  PaymentLimitExceeded: "Pay less, or on another day.",
  PaymentOrderNotFound: "Run `saldo bank payments list` to see the payments.",
  PaymentOrderUnfit: "Run `saldo bank payments show` to see how it stands.",
  PaymentTermsInvalid: "Correct it, and order the payment again."
}

const reconciliation: Readonly<Record<string, string>> = {
  MatchNotFound: "Run `saldo bank reconcile matches` to see the matches.",
  MatchShapeInvalid: "Match one with one or several of the other side.",
  MatchUnbalanced: "Choose others, or write the difference off.",
  MatchUndone: "Nothing has to be done.",
  NothingToWriteOff: "Set it aside with `saldo bank reconcile set-aside`.",
  ReviewChoiceInvalid: "Name only what `saldo bank reconcile reviews` shows under the review.",
  ReviewNotFound: "Run `saldo bank reconcile reviews` to see what is left.",
  SettlementAccountInvalid: "Write the number as the statements do, and the currency as SEK.",
  SettlementAccountTaken: "Use the account that is there.",
  SettlementItemNotFound: "Run `saldo bank reconcile items` to see what is open.",
  SettlementItemUnfit: "Run `saldo bank reconcile items` to see what is open.",
  StatementAccountUnknown:
    "Register the account with `saldo bank reconcile register`, by the number that the statement has.",
  StatementAmountTooLarge: "Ask the bank whether the statement is right.",
  StatementConflict: "Ask the bank which of the two statements is right.",
  StatementGap: "Import the statements in between first.",
  StatementMalformed: "Take the statement from the bank again, in camt.053.",
  StatementOutOfOrder: "Import statements in the order of their days.",
  StatementUnbalanced: "Ask the bank for a statement that adds up."
}

const remedies = new Map(Object.entries({ ...ledger, ...customers, ...deposits, ...payments, ...reconciliation }))

/** What to do about a refusal with this tag; undefined when it is none that a person can do something about. */
export const remedyFor = (tag: string): string | undefined => remedies.get(tag)
