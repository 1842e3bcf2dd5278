/**
 * Asks the server in the same container whether it can work: exit code 0 if it can. An image needs no other program for that.
 */
const port = process.env["SALDO_PORT"] ?? "3000"
const ready = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(2500) }).then(
  (response) => response.ok,
  () => false
)
process.exitCode = ready ? 0 : 1
