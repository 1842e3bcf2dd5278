/**
 * Where the reader is: the part of the address after `#`, so that the server needs to know one page alone.
 */
import { useLayoutEffect, useState } from "preact/hooks"

/** A place in the page: `#/market/kameo/17?tab=history` has the parts `market`, `kameo`, `17`. */
export interface Route {
  readonly parts: ReadonlyArray<string>
  readonly query: URLSearchParams
  /** The path alone, by which pages are told apart. */
  readonly path: string
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Reads a place from the hash of an address. */
export const routeFrom = (hash: string): Route => {
  const [path = "", query = ""] = hash.replace(/^#\/?/u, "").split("?", 2)
  return {
    parts: path
      .split("/")
      .filter((part) => part !== "")
      .map(decoded),
    query: new URLSearchParams(query),
    path
  }
}

/** The address of a place. */
export const hrefOf = (
  parts: ReadonlyArray<string>,
  query: Readonly<Record<string, string | undefined>> = {}
): string => {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== "") params.set(name, value)
  const text = params.toString()
  return `#/${parts.map(encodeURIComponent).join("/")}${text === "" ? "" : `?${text}`}`
}

/** Changes what a page is narrowed by, without a new step in the browser's history. */
export const narrowTo = (route: Route, query: Readonly<Record<string, string | undefined>>): void => {
  history.replaceState(null, "", hrefOf(route.parts, query))
  dispatchEvent(new HashChangeEvent("hashchange"))
}

/** Where the reader is now. */
export const useRoute = (): Route => {
  const [route, setRoute] = useState(() => routeFrom(location.hash))
  useLayoutEffect(() => {
    const follow = () => setRoute(routeFrom(location.hash))
    addEventListener("hashchange", follow)
    return () => removeEventListener("hashchange", follow)
  }, [])
  return route
}
