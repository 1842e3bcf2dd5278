/** −1, 0 or 1 as left is less than, equal to or greater than right. */
export const order = (left: bigint, right: bigint): -1 | 0 | 1 => (left === right ? 0 : left < right ? -1 : 1)

/** What `valueOf` of money and rates does: `<` and `+` would else compare and add what they look like as text. */
export const noNumber = (): never => {
  throw new TypeError("no number: use compare or add")
}
