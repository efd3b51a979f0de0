/** Which limits stand beside a quantity of a place. */
import type { Judged, Limit } from './api/measured';

/** Those in force on a day that judge the quantity: the place's own row where there is one, else everybody's. */
export function limitsOf(quantity: string, places: readonly string[], limits: readonly Limit[], domains: readonly Judged[], day: string): Limit[] {
  const keys = new Set(domains.flatMap(({ conditions }) => conditions.filter((one) => one.quantity === quantity && one.limit).map((one) => one.limit)));
  const holds = (one: Limit) => keys.has(one.key) && one.valid_from <= day && (!one.valid_to || day < one.valid_to);
  const own = limits.filter((one) => holds(one) && one.asset !== null && places.includes(one.asset));
  const named = new Set(own.map(({ key }) => key));
  return [...own, ...limits.filter((one) => holds(one) && one.asset === null && !named.has(one.key))].sort((a, b) => a.value - b.value);
}
