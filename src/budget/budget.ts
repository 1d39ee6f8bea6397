/** What is shared by all who use the server, and may not be used up by one of them. */
export interface Budget {
  /** As in the metrics, in snake_case. */
  readonly name: string;
  /** Infinite where nothing limits it. */
  readonly limit: number;
  /** Of the limit; where everybody has one of their own, that of whoever has used the most. */
  readonly used: number;
  /** How often it was refused since the start. */
  readonly refusals: number;
}
