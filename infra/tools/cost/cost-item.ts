/** One line of the estimate. */
export interface CostItem {
  readonly item: string;
  /** In a month. */
  readonly quantity: number;
  readonly unit: string;
  /** For a month, in the currency of the prices. */
  readonly cost: number;
}
