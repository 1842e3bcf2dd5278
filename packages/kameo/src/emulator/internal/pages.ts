import * as Stream from "effect/Stream"
import type { EmulatedUser } from "../EmulatedUser.ts"
import type { ListedLoan } from "../LoanBook.ts"
import { textOf } from "./loanFields.ts"
import type { Session } from "./Sessions.ts"

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#039;"
}

/** Text made safe for HTML content and attributes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/gu, (character) => entities[character] ?? "")

interface Layout {
  readonly title: string
  readonly bodyClass: string
  readonly session?: Session
  /** The menu of somebody whose password was accepted; the real site shows it before the second factor. */
  readonly menuFor?: EmulatedUser
  readonly main: string
  /** The page is filled up to about this many characters, as heavy as the real one. */
  readonly size: number
}

const rowText = (number: number): string =>
  `<li class="teaser-row"><a href="/artiklar/${number}">Så fungerar en investering, del ${number}</a><p>Påhittad text för en lokal server.</p></li>\n`

const fillerLength = rowText(1000).length

/** Harmless rows that give a page its real weight. */
const filler = (size: number): string =>
  Array.from({ length: Math.max(0, Math.ceil(size / fillerLength)) }, (_, index) => rowText(1000 + index)).join("")

const csrfMeta = (session: Session): string =>
  `<meta name="csrf-param" content="ezxform_token" />\n` +
  `<meta name="csrf-token" id="ezxform_token_js" title="${session.formToken}" content="${session.formToken}" />`

const menu = (user: EmulatedUser): string =>
  `<nav class="user-menu"><span class="user-name">${escapeHtml(user.name)}</span><a href="/investor/portfolio">Portfölj</a>` +
  `<a href="/investor/dashboard">Översikt</a><a href="/investor/deposits-and-withdrawals">Insättningar och uttag</a>` +
  `<a href="/investor/settings">Inställningar</a><a href="/user/logout">Logga ut</a></nav>`

const layout = ({ bodyClass, main, menuFor, session, size, title }: Layout): string => {
  const head = `<!DOCTYPE html>
<html lang="sv">
<head>
<meta charset="utf-8" />
<title>${escapeHtml(title)} | Kameo (lokal emulator)</title>
${session === undefined ? "" : csrfMeta(session)}
</head>
<body class="${bodyClass}">
<header><a href="/">Kameo</a>${menuFor === undefined ? `<a href="/user/login">Logga in</a>` : menu(menuFor)}</header>
<main>
${main}
</main>
<footer><ul>
`
  return `${head}${filler(size - head.length)}</ul></footer>\n</body>\n</html>\n`
}

const alertBox = (text: string | undefined): string =>
  text === undefined ? "" : `<div class="alert alert-danger" role="alert">${escapeHtml(text)}</div>\n`

/** The front page. */
export const frontPage = (): string =>
  layout({
    title: "Lån mot säkerhet i fastighet",
    bodyClass: "module-content",
    main: "<h1>Investera i lån</h1>",
    size: 36_000
  })

/** The login form, about 15 kB; the password form carries no form token. */
export const loginPage = (session: Session, alert?: string): string =>
  layout({
    title: "Logga in",
    bodyClass: "module-user function-login",
    session,
    main: `${alertBox(alert)}<form method="post" action="/user/login" name="loginform">
<label>E-post <input type="text" name="Login" value="" autocomplete="username" /></label>
<label>Lösenord <input type="password" name="Password" autocomplete="current-password" /></label>
<input type="hidden" name="RedirectURI" value="" />
<button type="submit" name="LoginButton" value="">Logga in</button>
</form>`,
    size: 15_000
  })

const eSignForm = (token: string): string => `<form method="post" action="/auth/e-sign" class="e-sign">
<input type="hidden" name="ezxform_token" value="${token}" />
<input type="hidden" name="begin_e_sign" value="1" />
<input type="hidden" name="redirect_uri" value="" />
<input type="hidden" name="country_code" value="" />
<a class="btn" href="#SE">BankID</a>
<a class="btn hidden" href="#DK">MitID</a>
<a class="btn hidden" href="#NO">BankID</a>
</form>`

const codeForm = (token: string): string => `<form method="post" action="/auth/2fa" class="two-factor">
<input type="hidden" name="ezxform_token" value="${token}" />
<label>Kod <input type="tel" name="code" autocomplete="off" /></label>
<p class="help">Koden finns i din autentiseringsapp och byts var 30:e sekund.</p>
<button type="submit" name="submit_code" value="">Bekräfta</button>
<button type="submit" name="cancel" value="">Avbryt</button>
</form>`

const apiData = (token: string): string =>
  `<div id="api-data" class="hidden" data-access-token="${token}" data-capy-token=""></div>`

/** The second-factor page, about 17 kB: the BankID form, and for TOTP users the code form after it. */
export const twoFactorPage = (session: Session, user: EmulatedUser, token: string, alert?: string): string =>
  layout({
    title: "Tvåfaktorsautentisering",
    bodyClass: "module-auth function-2fa",
    session,
    menuFor: user,
    main: [
      apiData(token),
      alertBox(alert),
      eSignForm(session.formToken),
      user.factor === "totp" ? codeForm(session.formToken) : ""
    ].join("\n"),
    size: 17_000
  })

/** A page behind the login, with the access token that the site's scripts use. */
export const memberPage = (
  session: Session,
  user: EmulatedUser,
  token: string,
  heading: string,
  size: number
): string =>
  layout({
    title: heading,
    bodyClass: "module-investor",
    session,
    menuFor: user,
    main: `${apiData(token)}\n<h1>${escapeHtml(heading)}</h1>\n<div id="investment-options"></div>`,
    size
  })

const bytes = new TextEncoder()

/** The dashboard: half a megabyte, or as many megabytes as asked for, with the account number near its end. */
export const dashboardPage = (
  session: Session,
  user: EmulatedUser,
  token: string,
  megabytes: number | undefined
): string | Stream.Stream<Uint8Array> => {
  const page = memberPage(session, user, token, "Översikt", 2000)
  const account = user.accounts.find(({ currencyCode }) => currencyCode === "SEK")?.accountNo ?? ""
  const [before = "", after = ""] = page.split("</main>")
  const tail = `<p>Kundtjänst 010-000 00 00</p><dl><dt>Kontonummer: ${account}</dt><dd class="account-number"> ${account} </dd></dl></main>${after}`
  if (megabytes === undefined) return `${before}<ul>${filler(500_000)}</ul>${tail}`
  const chunk = bytes.encode(filler(64 * 1024))
  const pieces = function* () {
    yield bytes.encode(before)
    for (let sent = 0; sent < megabytes * 1_048_576; sent += chunk.length) yield chunk
    yield bytes.encode(tail)
  }
  return Stream.fromIterable(pieces())
}

/** A loan's public page, about 67 kB. */
export const loanPage = (loan: ListedLoan): string =>
  layout({
    title: textOf(loan, "title") ?? "",
    bodyClass: "module-listing function-loan",
    main: `<h1>${escapeHtml(textOf(loan, "title") ?? "")}</h1>\n<p>${escapeHtml(textOf(loan, "teaser") ?? "")}</p>`,
    size: 67_000
  })

/** A short page with one heading and one sentence: errors and maintenance. */
export const noticePage = (heading: string, text: string): string =>
  layout({
    title: heading,
    bodyClass: "module-error",
    main: `<h1>${escapeHtml(heading)}</h1>\n<p>${escapeHtml(text)}</p>`,
    size: 1500
  })

/** A loan title as the address of its page: å and ä become a, ö becomes o, æ ae, ø o; the rest of punctuation goes. */
export const slugOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[åä]/gu, "a")
    .replace(/[öø]/gu, "o")
    .replace(/æ/gu, "ae")
    .replace(/[^a-z0-9\s-]/gu, "")
    .trim()
    .replace(/[\s-]+/gu, "-") || "lan"
