// The lists of emoji that the build makes; see emoji-data.ts beside vite.config.ts.

declare module "virtual:emoji/*" {
  const rows: readonly (readonly [emoji: string, name: string, words: string, codes: string, group: number])[];
  export default rows;
}
