/**
 * What every list has in common.
 */
import { CursorMismatch, InvalidCursor, PageRequest } from "saldo/core/Page"
import { problems } from "./Problem.ts"

/** The query of every list: how many items at most, and where the page begins, as the page before said in `next`. */
export const pageQuery = PageRequest.fields

/** Why a page cannot be found. */
export const notFoundPage = problems(InvalidCursor, CursorMismatch)
