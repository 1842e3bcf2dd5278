import type { Handler } from "@saldo/http/promise"

/** What `app/api/[...path]/route.ts` exports where routes are files, as in Next.js. */
export const routeHandler = ({ handle }: Handler) => ({
  GET: handle,
  POST: handle,
  PUT: handle,
  PATCH: handle,
  DELETE: handle
})
