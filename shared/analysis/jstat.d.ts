/** The one function that we use of jstat, which has no types of its own. */
declare module 'jstat' {
  interface Distributions {
    readonly studentt: {
      /** Quantile of Student's t distribution. */
      inv(probability: number, degreesOfFreedom: number): number
    }
  }
  const jstat: { readonly jStat: Distributions }
  export default jstat
}
