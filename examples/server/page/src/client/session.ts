/**
 * Staying signed in. The access token lives in memory alone; the refresh token, good for one use, is shared by the tabs of
 * a browser, which take turns at using it.
 */
import type { AuthApi } from "@saldo/http/api/AuthApi"
import { NoAnswer, SignedOut } from "./problem.ts"
import { post, readAnswer } from "./visitor.ts"
import type { AnswerOf, BodyOf } from "./wire.ts"

type Tokens = Pick<AnswerOf<typeof AuthApi, "login">, "accessToken" | "refreshToken">

/** What somebody signs in with. */
export type Credentials = BodyOf<typeof AuthApi, "login">

const place = "saldo.refresh"
let access: string | undefined
const listeners = new Set<(signedIn: boolean) => void>()

const remembered = (): string | null => localStorage.getItem(place)

const keep = ({ accessToken, refreshToken }: Tokens): void => {
  access = accessToken
  localStorage.setItem(place, refreshToken)
}

const forget = (): void => {
  access = undefined
  localStorage.removeItem(place)
  // What was begun here is of nobody else's concern.
  sessionStorage.clear()
  for (const listener of listeners) listener(false)
}

// Another tab signed out, so this one is signed out as well.
addEventListener("storage", ({ key, newValue }) => {
  if ((key === place && newValue === null) || key === null) forget()
})

/** Tells whoever listens that somebody came or went; gives what ends the listening. */
export const onSession = (listener: (signedIn: boolean) => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Whether somebody was signed in when the page was last here. */
export const mayBeSignedIn = (): boolean => access !== undefined || remembered() !== null

const tokensFrom = async (response: Response): Promise<Tokens> => (await readAnswer(response)) as Tokens

/** Signs in; fails with the server's problem, such as `second-factor-required`. */
export const signIn = async (credentials: Credentials): Promise<void> => {
  keep(await tokensFrom(await post("/api/auth/login", credentials)))
  for (const listener of listeners) listener(true)
}

/** Ends the session here at once, and at the server when it can be reached. */
export const signOut = async (): Promise<void> => {
  const refreshToken = remembered()
  forget()
  if (refreshToken === null) return
  try {
    await post("/api/auth/logout", { refreshToken })
  } catch (error) {
    // Nothing here can use the token any more; at the server it ends by itself.
    if (!(error instanceof NoAnswer)) throw error
  }
}

const takingTurns = <A>(act: () => Promise<A>): Promise<A> =>
  // Only pages from a secure origin have locks; elsewhere the server's patience with lost answers has to do.
  "locks" in navigator ? navigator.locks.request(place, act) : act()

const renewed = (spent: string | undefined): Promise<string> =>
  takingTurns(async () => {
    if (access !== undefined && access !== spent) return access
    const refreshToken = remembered()
    if (refreshToken === null) throw new SignedOut("Nobody is signed in")
    const response = await post("/api/auth/refresh", { refreshToken })
    if (response.status === 401) {
      forget()
      throw new SignedOut("The session is over")
    }
    const tokens = await tokensFrom(response)
    keep(tokens)
    return tokens.accessToken
  })

let renewing: Promise<string> | undefined

/** A token to act with: the one at hand, unless it is the one that was just refused. */
export const accessToken = (refused?: string): Promise<string> => {
  if (access !== undefined && access !== refused) return Promise.resolve(access)
  renewing ??= renewed(refused).finally(() => {
    renewing = undefined
  })
  return renewing
}
