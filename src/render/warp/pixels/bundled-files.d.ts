/** A file within the bundle, as a data URL (Vite). */
declare module '*?url&inline' {
  const address: string;
  export default address;
}
