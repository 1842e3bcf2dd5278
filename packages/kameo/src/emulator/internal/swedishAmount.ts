/** An amount in the site's notation: `1 234 567,89`, with U+0020 between thousands and always two decimals. */
export const swedishAmount = (minor: bigint): string => {
  const sign = minor < 0n ? "-" : ""
  const digits = (minor < 0n ? -minor : minor).toString().padStart(3, "0")
  return `${sign}${digits.slice(0, -2).replace(/\B(?=(?:\d{3})+$)/gu, " ")},${digits.slice(-2)}`
}
