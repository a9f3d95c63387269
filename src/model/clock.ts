/** A host's clock, held against the controller's. */

/** When something went on, by the controller's clock: milliseconds since 1970. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The seconds by which a clock may be off before anybody is told. */
export const tolerableSkew = 30;

/**
 * Seconds by which a host's clock is surely ahead (above 0) or behind, where it showed `clock`
 * (seconds since 1970) at some moment within the span; 0 where it may be right.
 */
export function skewSeconds(clock: number, { fromMs, toMs }: Span): number {
  const earliest = Math.floor(fromMs / 1000);
  const latest = Math.ceil(toMs / 1000);
  if (clock < earliest) return clock - earliest;
  return clock > latest ? clock - latest : 0;
}

/** `75 s behind the controller's`; minutes, where it is several of them. */
export function skewText(skew: number): string {
  const seconds = Math.abs(skew);
  const amount = seconds < 120 ? `${String(seconds)} s` : `${String(Math.round(seconds / 60))} min`;
  return `${amount} ${skew < 0 ? 'behind' : 'ahead of'} the controller's`;
}
