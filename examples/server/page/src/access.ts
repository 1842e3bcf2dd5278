/** What whoever is signed in may do. It decides what the page offers; the server decides what happens. */
import { createContext } from "preact"
import { useContext } from "preact/hooks"
import type { Me } from "./client/client.ts"

/** Whether permissions grant one, by itself or by a `*` over its domain. */
export const grants = (permissions: ReadonlyArray<string>, wanted: string): boolean =>
  permissions.some(
    (held) => held === wanted || held === "*" || (held.endsWith(":*") && wanted.startsWith(held.slice(0, -1)))
  )

/** Who is signed in. */
export const MeContext = createContext<Me | undefined>(undefined)

/** Who is signed in, on pages that nobody else sees. */
export const useMe = (): Me => {
  const me = useContext(MeContext)
  if (me === undefined) throw new TypeError("This page is only for who is signed in")
  return me
}

/** Whether whoever is signed in may do something. */
export const useMay = (): ((permission: string) => boolean) => {
  const { permissions } = useMe()
  return (permission) => grants(permissions, permission)
}

/** Asks once more who is signed in, after something about that changed. */
export const RenewMeContext = createContext<() => void>(() => undefined)

/** What asks once more who is signed in. */
export const useRenewMe = (): (() => void) => useContext(RenewMeContext)
