/** What the tests use of jstat, which comes without types. */
declare module 'jstat' {
  export const jStat: {
    readonly chisquare: {
      /** P(X ≤ x) of a chi-square variable with `freedom` degrees of freedom. */
      cdf(x: number, freedom: number): number;
    };
  };
}
