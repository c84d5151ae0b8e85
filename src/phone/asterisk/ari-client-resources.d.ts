/** A piece of ari-client that Ari has to mend; it comes without types. */
declare module 'ari-client/lib/resources.js' {
  const resources: { knownTypes: string[] }
  export default resources
}
